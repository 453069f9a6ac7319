#include "cli/completion/shell_line.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace dynamo {
namespace {

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\n'; }
bool is_arrow(char letter) { return letter == '<' || letter == '>'; }

/// `NAME=value` before a command.
bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != std::string_view::npos && equals > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](unsigned char letter) { return std::isalnum(letter) != 0 || letter == '_'; });
}

class LineReader {
 public:
  LineReader(std::string_view line, std::size_t replaced)
      : line_(line), replaced_at_(line.size() - std::min(replaced, line.size())) {}

  ShellLine run() {
    while (true) {
      while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
      if (at_ == line_.size()) {
        word_.clear();
        kept_ = 0;
        break;
      }
      if (is_arrow(line_[at_])) {
        read_arrow();
        continue;
      }
      read_word();
      if (at_ == line_.size()) break;
      // `2>`: the number is part of the redirection.
      const bool descriptor = is_arrow(line_[at_]) && std::all_of(word_.begin(), word_.end(), [](unsigned char letter) {
                                return std::isdigit(letter) != 0 || letter == '&';
                              });
      if (!descriptor) take_word();
    }
    result_.file_of_shell = behind_arrow_;
    result_.kept = kept_;
    result_.words.push_back(std::move(word_));
    return std::move(result_);
  }

 private:
  void read_arrow() {
    while (at_ < line_.size() && (is_arrow(line_[at_]) || line_[at_] == '&' || line_[at_] == '|')) ++at_;
    behind_arrow_ = true;
  }

  void read_word() {
    word_.clear();
    kept_ = 0;
    char quote = 0;
    for (; at_ < line_.size(); ++at_) {
      if (at_ <= replaced_at_) kept_ = word_.size();
      const char letter = line_[at_];
      if (quote == 0 && (is_blank(letter) || is_arrow(letter))) return;
      if (letter == quote) {
        quote = 0;
      } else if (quote == 0 && (letter == '\'' || letter == '"')) {
        quote = letter;
      } else if (letter == '\\' && at_ + 1 < line_.size() && escapes(quote, line_[at_ + 1])) {
        ++at_;
        if (line_[at_] != '\n') word_ += line_[at_];
      } else {
        word_ += letter;
      }
    }
    if (at_ <= replaced_at_) kept_ = word_.size();
  }

  /// Between double quotes a backslash stands for itself before most letters, between single ones always.
  static bool escapes(char quote, char next) {
    if (quote == '\'') return false;
    return quote == 0 || next == '"' || next == '\\' || next == '$' || next == '`' || next == '\n';
  }

  void take_word() {
    if (behind_arrow_) {
      behind_arrow_ = false;
    } else if (command_seen_) {
      result_.words.push_back(std::move(word_));
    } else {
      command_seen_ = !is_assignment(word_);
    }
  }

  std::string_view line_;
  std::size_t replaced_at_;
  std::size_t at_ = 0;
  std::string word_;
  std::size_t kept_ = 0;
  bool behind_arrow_ = false;
  bool command_seen_ = false;
  ShellLine result_;
};

}  // namespace

ShellLine read_shell_line(std::string_view line, std::size_t replaced) { return LineReader(line, replaced).run(); }

}  // namespace dynamo
