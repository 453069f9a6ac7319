#include "proto/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <tuple>

namespace dynamo {

std::string Code::text() const { return fmt::format("DG{:04}", number); }

const std::vector<CodeInfo>& all_codes() {
  static const std::vector<CodeInfo> codes = {
#define DYNAMO_CODE(number, name, title) {Code{number}, #name, title},
#include "proto/diagnostic_codes.def"
#undef DYNAMO_CODE
  };
  return codes;
}

const CodeInfo* find_code(std::string_view text) {
  std::string wanted(text);
  for (char& letter : wanted) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  for (const CodeInfo& info : all_codes()) {
    if (info.code.text() == wanted) return &info;
  }
  return nullptr;
}

DiagnosticBuilder::DiagnosticBuilder(DiagnosticSink& sink, Code code, Span where, std::string message) : sink_(sink) {
  diagnostic_.code = code;
  diagnostic_.severity = CodeInfo{code, {}, {}}.severity();
  diagnostic_.message = std::move(message);
  diagnostic_.primary.where = where;
}

DiagnosticBuilder::~DiagnosticBuilder() { sink_.report(std::move(diagnostic_)); }

DiagnosticBuilder& DiagnosticBuilder::label(std::string text) {
  diagnostic_.primary.text = std::move(text);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::also(Span where, std::string text) {
  if (where) diagnostic_.others.push_back({where, std::move(text)});
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::note(std::string text) {
  if (!text.empty()) diagnostic_.notes.push_back(std::move(text));
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::help(std::string text) {
  if (!text.empty()) diagnostic_.helps.push_back(std::move(text));
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::fix(Fix fix) {
  diagnostic_.fixes.push_back(std::move(fix));
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::in_graph(std::optional<std::string> name) {
  diagnostic_.graph = std::move(name);
  return *this;
}

void DiagnosticList::report(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::Error) ++errors_;
  list_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> DiagnosticList::sorted() const {
  std::vector<Diagnostic> result;
  for (const Diagnostic& one : list_) {
    if (errors_ > 0 && one.severity == Severity::Warning) continue;
    result.push_back(one);
  }
  // By line and column, not by text and byte: arguments of the command line are separate texts of one name, and a
  // file that is imported under two aliases is read twice.
  const auto key = [](const Diagnostic& one) {
    const Span& where = one.primary.where;
    const std::string_view file = where ? std::string_view(where.file->name()) : std::string_view();
    return std::tuple(one.severity, file, where ? where.start_position() : Position{}, one.code.number);
  };
  const auto before = [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); };
  const auto same = [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); };
  std::stable_sort(result.begin(), result.end(), before);
  result.erase(std::unique(result.begin(), result.end(), same), result.end());
  return result;
}

}  // namespace dynamo
