#include "cli/diagnostics/github.h"

#include "cli/diagnostics/details.h"
#include "cli/text/display_text.h"

#include <fmt/format.h>

namespace dynamo {
namespace {

/// The value of a workflow command, or of one of its properties, where `:` and `,` stand for something else.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

/// Safe to print, with its line ends.
std::string visible_lines(std::string_view text) {
  std::string result;
  while (true) {
    const std::size_t end = text.find('\n');
    result += visible(text.substr(0, end));
    if (end == std::string_view::npos) return result;
    result += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string render_github(const Diagnostic& diagnostic) {
  const Span& where = diagnostic.primary.where;
  const bool in_file = where && is_file(*where.file);
  std::string properties;
  if (in_file) {
    const Position start = where.start_position();
    const Position end = where.end_position();
    properties =
        fmt::format("file={},line={},col={},endLine={},endColumn={},", escaped(visible(where.file->name()), true),
                    start.line, start.column, end.line, end.column);
  }
  properties += "title=" + diagnostic.code.text();
  // An annotation of no file still has to say where.
  std::string text = where && !in_file ? place_text(where) + ": " : std::string();
  text += diagnostic.message + graph_remark(diagnostic);
  for (const std::string& remark : remarks_of(diagnostic)) text += "\n" + remark;
  for (const Label& label : diagnostic.others) {
    if (!label.text.empty()) text += fmt::format("\n{}: {}", place_text(label.where), label.text);
  }
  return fmt::format("::{} {}::{}\n", word(diagnostic.severity), properties, escaped(visible_lines(text), false));
}

std::string render_all_github(const std::vector<Diagnostic>& diagnostics, std::size_t hidden) {
  std::string result;
  for (const Diagnostic& diagnostic : diagnostics) result += render_github(diagnostic);
  if (hidden > 0) result += fmt::format("::notice title=dynamo::and {} more; --max-errors 0 shows all\n", hidden);
  return result;
}

std::string github_failure(std::string_view sentence) {
  return fmt::format("::error title=dynamo::{}\n", escaped(visible_lines(sentence), false));
}

}  // namespace dynamo
