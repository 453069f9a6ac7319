#include "cli/help/page_text.h"

#include "cli/text/display_text.h"

#include <algorithm>

namespace dynamo {
namespace {

constexpr int widest = 100;
constexpr int default_width = 80;

/// Words of a paragraph on lines of at most `width` columns.
std::string filled(std::string_view paragraph, int width) {
  std::string result;
  int column = 0;
  while (!paragraph.empty()) {
    const std::size_t begin = paragraph.find_first_not_of(" \n");
    if (begin == std::string_view::npos) break;
    paragraph.remove_prefix(begin);
    const std::string_view next = paragraph.substr(0, paragraph.find_first_of(" \n"));
    const int columns = display_width(next);
    if (column > 0 && column + 1 + columns > width) {
      result += '\n';
      column = 0;
    }
    if (column > 0) {
      result += ' ';
      ++column;
    }
    result += next;
    column += columns;
    paragraph.remove_prefix(next.size());
  }
  return result.empty() ? result : result + "\n";
}

Ink ink_of(std::string_view heading) {
  if (heading == "Wrong") return Ink::Red;
  if (heading == "Right") return Ink::Green;
  return Ink::Blue;
}

/// The comments of a page tell the tests how its example is run; a reader is told the same in words.
std::string comment_text(std::string_view line) {
  constexpr std::string_view open = "<!-- ";
  constexpr std::string_view close = " -->";
  std::string_view inner = line.substr(open.size());
  inner = inner.substr(0, inner.find(close));
  const auto after = [&](std::string_view key) { return std::string(inner.substr(key.size())); };
  if (inner.starts_with("args: ")) return "    # dynamo graph validate " + after("args: ") + "\n";
  if (inner.starts_with("flags: ")) return "    # dynamo graph validate graph.yaml " + after("flags: ") + "\n";
  if (inner == "command: import") return "    # dynamo import deploy.yaml\n";
  if (inner.starts_with("file ")) return "    # " + after("file ") + "\n";
  return {};
}

}  // namespace

std::string page_text(std::string_view markdown, int width, const Style& style) {
  const int columns = std::min(width > 0 ? width : default_width, widest);
  std::string result;
  std::string paragraph;
  bool in_code = false;
  const auto end_paragraph = [&] {
    result += filled(paragraph, columns);
    paragraph.clear();
  };
  bool below_title = false;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    // A screen is short: no line is left empty below the title.
    const bool skipped = below_title && line.empty();
    below_title = line.starts_with("# ") && !in_code;
    if (skipped) continue;
    if (line.starts_with("```")) {
      end_paragraph();
      in_code = !in_code;
    } else if (in_code) {
      result += line.empty() ? "\n" : "    " + std::string(line) + "\n";
    } else if (below_title) {
      std::string title = filled(line.substr(2), columns);
      title.pop_back();
      result += style.paint(Ink::Bold, title) + "\n";
    } else if (line == "## See also") {
      paragraph = "See also: ";
    } else if (line.starts_with("## ")) {
      const std::string_view heading = line.substr(3);
      result += style.strong(ink_of(heading), heading) + "\n";
    } else if (line.starts_with("<!-- ")) {
      end_paragraph();
      result += comment_text(line);
    } else if (line.empty()) {
      end_paragraph();
      result += '\n';
    } else {
      paragraph += line;
      paragraph += '\n';
    }
  }
  end_paragraph();
  return result;
}

}  // namespace dynamo
