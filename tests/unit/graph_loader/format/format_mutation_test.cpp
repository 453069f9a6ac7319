// The formatter against texts that nobody would write: every graph file of the repository and a corpus of every feature
// of YAML, with bytes and snippets put in, taken out and moved. Whatever can be read must come out of the formatter
// with all its values and comments (format_text looks at that itself, and throws), and must not change a second time.
//
// format_text reads with our own parser, so that it cannot see what that misreads. Texts whose values are known before
// they are written come out of the parser and of the formatter with these values.
//
// DYNAMO_MUTATIONS=N tries N texts instead of a few hundred; they are the same in each run.

#include "graph_loader/format.h"
#include "graph_loader/yaml/parse.h"

#include "tests/unit/graph_loader/format/format_corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {
namespace {

std::size_t mutations() {
  const char* wanted = std::getenv("DYNAMO_MUTATIONS");
  return wanted == nullptr ? 600 : std::strtoul(wanted, nullptr, 10);
}

/// Not std::uniform_int_distribution, which differs from library to library.
class Dice {
 public:
  explicit Dice(std::size_t seed) : engine_(static_cast<std::mt19937::result_type>(seed)) {}
  std::size_t below(std::size_t count) { return count == 0 ? 0 : engine_() % count; }

 private:
  std::mt19937 engine_;
};

void mutate(std::string& text, Dice& dice) {
  static const std::vector<std::string_view> snippets = {"# c",
                                                         " # d\n",
                                                         "\n",
                                                         "\n\n",
                                                         "  ",
                                                         " ",
                                                         "- ",
                                                         "? ",
                                                         ": ",
                                                         ":",
                                                         "{",
                                                         "}",
                                                         "[",
                                                         "]",
                                                         ",",
                                                         ", ",
                                                         "{}",
                                                         "[]",
                                                         "&a ",
                                                         "*a",
                                                         "&b\n",
                                                         "|\n",
                                                         "|+\n",
                                                         ">-\n",
                                                         "|2\n ",
                                                         "\"",
                                                         "'",
                                                         "\t",
                                                         "\\",
                                                         "---\n",
                                                         "...\n",
                                                         "x",
                                                         "x-y: 1\n",
                                                         "null",
                                                         "~",
                                                         "a: b\n",
                                                         "\r\n",
                                                         "#",
                                                         "''",
                                                         "\"q\\n\"",
                                                         "é",
                                                         "doc: >\n  t\n",
                                                         "env: {A: b}\n",
                                                         "ready: ",
                                                         "apiVersion: 1\n",
                                                         "- - "};
  const auto line_at = [&](std::size_t at) { return at == 0 ? 0 : text.rfind('\n', at - 1) + 1; };
  const std::size_t at = dice.below(text.size() + 1);
  switch (dice.below(7)) {
    case 0: text.erase(at, 1 + dice.below(3)); break;
    case 1: text.erase(at, 1 + dice.below(30)); break;
    case 2:
    case 3: text.insert(at, snippets[dice.below(snippets.size())]); break;
    case 4: {
      const std::size_t begin = line_at(at);
      const std::string line = text.substr(begin, text.find('\n', begin) - begin + 1);
      text.insert(line_at(dice.below(text.size() + 1)), line);
      break;
    }
    case 5: text.insert(line_at(at), 1 + dice.below(3), ' '); break;
    default: {
      const std::size_t begin = line_at(at);
      const std::size_t blanks = std::min(text.find_first_not_of(' ', begin), text.size()) - begin;
      text.erase(begin, std::min(blanks, 1 + dice.below(3)));
    }
  }
}

TEST(FormatMutations, LoseNothingAndAreStable) {
  const std::vector<std::string> corpus = all_graph_files();
  ASSERT_GT(corpus.size(), 100U);
  std::size_t formatted = 0;
  for (std::size_t seed = 0; seed < mutations(); ++seed) {
    Dice dice(seed);
    std::string text = corpus[dice.below(corpus.size())];
    for (std::size_t count = 1 + dice.below(4); count > 0; --count) mutate(text, dice);
    const std::string failure = try_formatting(text, &formatted);
    EXPECT_EQ(failure, "") << "seed " << seed << ", text:\n" << text;
    if (HasFailure()) break;
  }
  EXPECT_GT(formatted, mutations() / 8) << "too few of the texts can be read at all";
}

/// A scalar as it is written behind its key, and its value.
struct Written {
  std::string form;
  std::string value;
};

std::string joined(const std::vector<std::string>& lines, bool folded) {
  std::string value;
  const auto is_text = [](const std::string& line) { return !line.empty() && line.front() != ' '; };
  for (std::size_t index = 0; index < lines.size(); ++index) {
    value += lines[index];
    if (index + 1 == lines.size()) break;
    std::size_t next = index + 1;
    while (next < lines.size() && lines[next].empty()) ++next;
    const bool text_round = is_text(lines[index]) && next < lines.size() && is_text(lines[next]);
    // A line end between two lines of text is a blank, or nothing where blank lines say what there is.
    const bool folds = folded && text_round;
    if (!folds) {
      value += '\n';
    } else if (next == index + 1) {
      value += ' ';
    }
    for (std::size_t blank = index + 1; folds && blank < next; ++blank) value += '\n';
    if (folds) index = next - 1;
  }
  return value;
}

/// Lines of text behind `|` or `>`. `end`: what stands behind the last of them in the file.
Written block(Dice& dice, std::size_t parent, const std::string& end) {
  static const std::vector<std::string> all = {"text", "# no comment", "key: value", "- x", "",
                                               "",     "  more",       " one",       "   "};
  std::vector<std::string> lines;
  for (std::size_t count = 1 + dice.below(6); count > 0; --count) lines.push_back(all[dice.below(all.size())]);
  const bool folded = dice.below(2) == 0;
  const std::size_t step = 1 + dice.below(4);
  const char chomping = "-+ "[dice.below(3)];
  Written result;
  result.form = folded ? ">" : "|";
  result.form += std::to_string(step);
  if (chomping != ' ') result.form += chomping;
  for (const std::string& line : lines)
    result.form += "\n" + (line.empty() ? "" : std::string(parent + step, ' ') + line);
  result.form += end;
  std::size_t blank = 0;
  while (!lines.empty() && lines.back().empty()) {
    lines.pop_back();
    ++blank;
  }
  const bool ended = blank > 0 || end.starts_with('\n');
  // Blanks at the end of the file, no wider than the text is indented, are no line.
  if (!end.starts_with('\n') && blank > 0) --blank;
  result.value = joined(lines, folded);
  if (chomping != '-' && !lines.empty() && ended) result.value += '\n';
  if (chomping == '+') result.value += std::string(blank, '\n');
  return result;
}

/// Lines of text in quotes.
Written quoted(Dice& dice, std::size_t parent) {
  const char quote = "'\""[dice.below(2)];
  Written result{std::string(1, quote), ""};
  const std::size_t count = dice.below(5);
  for (std::size_t index = 0; index < count; ++index) {
    const std::string word = index == 0 && dice.below(2) == 0 ? "" : "word # no comment";
    const std::size_t blank = dice.below(3);
    result.form += word + std::string(dice.below(3), ' ') + std::string(blank + 1, '\n') + std::string(parent + 1, ' ');
    result.value += word + (blank == 0 ? " " : std::string(blank, '\n'));
  }
  result.form += quote;
  return result;
}

std::vector<std::string> values_of(const std::string& text) {
  DiagnosticList diagnostics;
  const SourceFile file("graph.yaml", text);
  const auto tree = parse_yaml(file, diagnostics);
  std::vector<std::string> values;
  if (!tree) return {"cannot be read"};
  for (const Entry& entry : tree->root->find("a")->value->entries) values.emplace_back(entry.value->text);
  return values;
}

TEST(FormatMutations, KeepValuesThatAreKnown) {
  for (std::size_t seed = 0; seed < mutations(); ++seed) {
    Dice dice(seed);
    std::string text = "a:\n";
    std::vector<std::string> values;
    const std::size_t count = 1 + dice.below(4);
    for (std::size_t index = 0; index < count; ++index) {
      const bool last = index + 1 == count;
      const std::string end = !last || dice.below(2) == 0 ? "\n" : dice.below(2) == 0 ? "" : "\n ";
      const bool is_block = dice.below(2) == 0;
      const Written one = is_block ? block(dice, 2, end) : quoted(dice, 2);
      text += "  k" + std::to_string(index) + ": " + one.form + (is_block ? "" : "\n");
      values.push_back(one.value);
    }
    ASSERT_EQ(values_of(text), values) << "seed " << seed << ", text:\n" << text;
    DiagnosticList diagnostics;
    const SourceFile file("graph.yaml", text);
    const auto formatted = format_text(file, diagnostics);
    ASSERT_TRUE(formatted) << text;
    ASSERT_EQ(values_of(*formatted), values) << "seed " << seed << ", from:\n" << text << "to:\n" << *formatted;
    ASSERT_EQ(try_formatting(text), "") << text;
  }
}

}  // namespace
}  // namespace dynamo
