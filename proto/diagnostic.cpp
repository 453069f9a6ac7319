#include "proto/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <tuple>
#include <utility>

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
  // The first error makes room: warnings are not told beside it.
  if (diagnostic.severity == Severity::Error && errors_++ == 0) {
    list_.clear();
    untold_ = 0;
  }
  if (diagnostic.severity == Severity::Warning && errors_ > 0) return;
  if (list_.size() < max_kept) {
    list_.push_back(std::move(diagnostic));
  } else {
    ++untold_;
  }
}

bool DiagnosticList::afford_hint(std::size_t names) {
  constexpr std::size_t most = 10'000'000;
  names_looked_through_ += names;
  return names_looked_through_ <= most;
}

namespace {

/// `again` is at the same place as `kept` and is not told. What one graph reports comes together.
void note_graph(Diagnostic& kept, const Diagnostic& again) {
  if (!kept.graph || !again.graph || again.message != kept.message) return;
  const std::string& last = kept.more_graphs.empty() ? *kept.graph : kept.more_graphs.back();
  if (*again.graph != last && *again.graph != *kept.graph) kept.more_graphs.push_back(*again.graph);
}

/// `order` says which element comes to each place, and holds each index once. In place: there may be many elements.
template <class T>
void put_in_order(std::vector<T>& list, std::vector<std::size_t> order) {
  for (std::size_t start = 0; start < order.size(); ++start) {
    if (order[start] == start) continue;
    T first = std::move(list[start]);
    std::size_t to = start;
    while (order[to] != start) {
      const std::size_t from = order[to];
      list[to] = std::move(list[from]);
      order[to] = to;
      to = from;
    }
    list[to] = std::move(first);
    order[to] = to;
  }
}

}  // namespace

std::vector<Diagnostic> DiagnosticList::take_sorted() {
  // By line and column, not by text and byte: arguments of the command line are separate texts of one name, and a
  // file that is imported under two aliases is read twice.
  struct Key {
    std::string_view file;
    Position position;
    int code = 0;
    std::size_t index = 0;  ///< as reported: the first of several at one place is kept
  };
  std::vector<Key> keys;
  keys.reserve(list_.size());
  for (const Diagnostic& one : list_) {
    const Span& where = one.primary.where;
    keys.push_back({where ? std::string_view(where.file->name()) : std::string_view(),
                    where ? where.start_position() : Position{}, one.code.number, keys.size()});
  }
  const auto place = [](const Key& key) { return std::tie(key.file, key.position, key.code); };
  std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
    return std::tuple_cat(place(a), std::tie(a.index)) < std::tuple_cat(place(b), std::tie(b.index));
  });
  std::vector<std::size_t> order;  // of what is kept, then of what is not
  std::vector<std::size_t> again;
  const Key* kept = nullptr;
  for (const Key& key : keys) {
    if (kept != nullptr && place(*kept) == place(key)) {
      note_graph(list_[kept->index], list_[key.index]);
      again.push_back(key.index);
      continue;
    }
    kept = &key;
    order.push_back(key.index);
  }
  const std::size_t count = order.size();
  order.insert(order.end(), again.begin(), again.end());
  put_in_order(list_, std::move(order));
  list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(count), list_.end());
  return std::exchange(list_, {});
}

}  // namespace dynamo
