#include "graph_loader/format.h"

#include "graph_loader/format/layout_order.h"
#include "graph_loader/format/layout_reader.h"
#include "graph_loader/format/layout_writer.h"
#include "graph_loader/format/same_content.h"
#include "graph_loader/yaml/parse.h"

#include <stdexcept>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

/// Reads a file that must be free of errors.
std::optional<SyntaxTree> read(const SourceFile& file, DiagnosticSink& sink) {
  DiagnosticList errors;
  std::optional<SyntaxTree> tree = parse_yaml(file, errors);
  const std::vector<Diagnostic> found = errors.sorted();
  for (const Diagnostic& one : found) sink.report(one);
  if (!found.empty()) return std::nullopt;
  return tree;
}

/// Reads the formatted text back: nothing may be lost, come in or change, whatever the formatter believes.
void check(const SourceFile& file, const SyntaxTree& tree, const std::string& text) {
  const SourceFile formatted("formatted text", text);
  DiagnosticList errors;
  const std::optional<SyntaxTree> after = read(formatted, errors);
  if (!after || !format::same_content(tree, *after) ||
      format::letters_of(file, tree) != format::letters_of(formatted, *after)) {
    throw std::logic_error("the formatted text would say something else");
  }
  if (format::comments_of(file, tree) != format::comments_of(formatted, *after)) {
    throw std::logic_error("a comment would be lost by formatting");
  }
}

}  // namespace

std::optional<std::string> format_text(const SourceFile& file, DiagnosticSink& sink) {
  const std::optional<SyntaxTree> tree = read(file, sink);
  if (!tree) return std::nullopt;
  std::string text;
  {
    format::Layout layout = format::read_layout(file, *tree);
    format::put_in_order(layout, *tree);
    text = format::write_layout(layout);
  }
  check(file, *tree, text);
  return text;
}

Formatting format_file(const std::string& file, FileReader& files) {
  Formatting answer;
  answer.file = file;
  answer.sources = std::make_shared<Sources>();
  auto bytes = files.read(file);
  if (bytes.has_error()) {
    answer.unreadable = bytes.error().message();
    return answer;
  }
  DiagnosticList diagnostics;
  const SourceFile& source = answer.sources->add(file, std::move(*bytes));
  answer.before = source.text();
  answer.text = format_text(source, diagnostics);
  answer.diagnostics = diagnostics.sorted();
  return answer;
}

}  // namespace dynamo
