// The formatter against texts that nobody would write: every graph file of the repository and a corpus of every feature
// of YAML, with bytes and snippets put in, taken out and moved. Whatever can be read must come out of the formatter
// with all its values and comments (format_text looks at that itself, and throws), and must not change a second time.
//
// DYNAMO_MUTATIONS=N tries N texts instead of a few hundred; they are the same in each run.

#include "graph_loader/format.h"

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

}  // namespace
}  // namespace dynamo
