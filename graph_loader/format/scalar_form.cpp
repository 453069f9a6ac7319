#include "graph_loader/format/scalar_form.h"

#include "graph_loader/yaml/scalar_text.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <cctype>

namespace dynamo::format {
namespace {

namespace text_of = yaml_text;

bool is_letter(char letter) { return std::isalpha(static_cast<unsigned char>(letter)) != 0; }

/// A word such as `python3`, `--model` or `Qwen/Qwen3-0.6B`: nothing that any reader of YAML takes for a number, a
/// date, a truth value or structure.
bool is_plain_word(std::string_view text) {
  std::size_t first = text.starts_with("--") ? 2 : text.starts_with('-') ? 1 : 0;
  if (first == 0) first = std::min(text.find_first_not_of("./_"), text.size());
  if (first == text.size() || !is_letter(text[first]) || text.starts_with("...")) return false;
  const bool word = std::all_of(text.begin(), text.end(), [](char letter) {
    return is_letter(letter) || std::isdigit(static_cast<unsigned char>(letter)) != 0 ||
           std::string_view("_-./@+").find(letter) != std::string_view::npos;
  });
  return word && !reads_as_no_text(text);
}

bool ends_in_escape(std::string_view line) { return (line.size() - (line.find_last_not_of('\\') + 1)) % 2 == 1; }

/// Without the blanks at its end; a blank that a backslash escapes stays.
std::string_view without_end(std::string_view line, bool escapes) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (!line.empty() && text_of::is_blank(line.back())) {
    if (escapes && ends_in_escape(line.substr(0, line.size() - 1))) break;
    line.remove_suffix(1);
  }
  return line;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// The lines of a folded text as they were written, without their indentation. Blank lines at the end are no part of
/// what the syntax tree knows of the text: they come from the value.
std::vector<std::string_view> unfolded(std::string_view form, std::string_view value) {
  const std::size_t body_end = value.find_last_not_of(" \t\n") + 1;
  if (body_end == 0) return split(value);
  const std::string_view body = form.substr(std::min(form.find('\n'), form.size() - 1) + 1);
  const auto blanks_before_text = [](std::string_view text) {
    const std::size_t at = text.find_first_not_of(" \n\r");
    return at - (text.substr(0, at).find_last_of('\n') + 1);
  };
  // What the value has of them, its first line begins with.
  const std::size_t indent = blanks_before_text(body) - blanks_before_text(value);
  std::vector<std::string_view> lines = split(body);
  for (std::string_view& line : lines) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    line.remove_prefix(std::min({indent, line.find_first_not_of(' '), line.size()}));
  }
  const std::vector<std::string_view> tail = split(value.substr(body_end));
  lines.insert(lines.end(), tail.begin() + 1, tail.end());
  return lines;
}

std::string quoted(std::string_view written, std::string_view value) {
  // Whoever wrote `"\x41"` has not written `A`.
  if (is_plain_word(value) && written.substr(1, written.size() - 2) == value) return std::string(value);
  const bool to_double = written.front() == '\'' && value.find_first_of("\"\\") == std::string_view::npos;
  return to_double ? "\"" + std::string(value) + "\"" : std::string(written);
}

}  // namespace

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

bool is_block(const Node& scalar) {
  if (!scalar.quoted) return false;
  const char first = scalar.where.text().front();
  return first == '|' || first == '>';
}

bool has_lines(const Node& scalar) {
  return !is_block(scalar) && !scalar.text.empty() && scalar.where.text().find('\n') != std::string_view::npos;
}

std::vector<std::string> lines_of(const Node& scalar) {
  const bool escapes = scalar.quoted && scalar.where.text().front() == '"';
  std::vector<std::string> result;
  for (std::string_view line : split(scalar.where.text())) {
    if (!result.empty()) line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    result.emplace_back(without_end(line, escapes));
  }
  return result;
}

std::optional<std::string> one_line(const Node& scalar) {
  if (is_block(scalar)) return std::nullopt;
  if (!scalar.quoted) {
    if (scalar.text.find('\n') != std::string_view::npos) return std::nullopt;
    return std::string(scalar.text);
  }
  std::string written;
  const bool escapes = scalar.where.text().front() == '"';
  const std::vector<std::string> lines = lines_of(scalar);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const bool last = index + 1 == lines.size();
    if (index > 0 && !last && lines[index].empty()) return std::nullopt;
    const bool escaped_end = escapes && !last && ends_in_escape(lines[index]);
    written += escaped_end ? lines[index].substr(0, lines[index].size() - 1) : lines[index];
    if (!last && !escaped_end) written += ' ';
  }
  return quoted(written, scalar.text);
}

std::string key_text(const Node& scalar) {
  std::optional<std::string> line = one_line(scalar);
  if (!line) return escaped_text(scalar.text);
  // At the start of a line they would be markers of a document, or the key would run into its colon.
  const bool unclear =
      line->starts_with("---") || line->starts_with("...") || line->starts_with(':') || line->ends_with(':');
  if (!scalar.quoted && unclear) return escaped_text(scalar.text);
  return std::move(*line);
}

std::optional<std::size_t> header_comment(const Node& scalar) {
  if (!is_block(scalar)) return std::nullopt;
  // Without lines the span ends in front of the comment.
  const std::string_view text = scalar.where.file->text().substr(scalar.where.begin);
  const std::size_t hash = text.substr(0, text.find('\n')).find('#');
  if (hash == std::string_view::npos) return std::nullopt;
  return scalar.where.begin + hash;
}

BlockText block_of(const Node& scalar) {
  const std::string_view form = scalar.where.text();
  const std::string_view value = scalar.text;
  const std::string_view indicators = form.substr(0, form.find_first_of(" \t\r\n#"));
  // At the end of a file the last line end may be missing.
  const bool no_end = !value.empty() && !value.ends_with('\n');
  const bool keep = !no_end && indicators.find('+') != std::string_view::npos;
  const bool strip = no_end || indicators.find('-') != std::string_view::npos;
  std::vector<std::string_view> lines = indicators.front() == '|' ? split(value) : unfolded(form, value);
  if (value.empty() || value.ends_with('\n')) lines.pop_back();  // there is nothing behind the last line end

  BlockText result;
  result.header = indicators.substr(0, 1);
  // The first line would tell a wrong indentation.
  const auto first = std::find_if(lines.begin(), lines.end(), [](std::string_view line) { return !line.empty(); });
  if (first != lines.end() && first->front() == ' ') result.header += '2';
  if (keep || strip) result.header += keep ? '+' : '-';
  result.lines.assign(lines.begin(), lines.end());
  result.keeps_end = keep;
  return result;
}

}  // namespace dynamo::format
