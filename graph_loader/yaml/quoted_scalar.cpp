#include "graph_loader/yaml/quoted_scalar.h"

#include "graph_loader/yaml/yaml_text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>

namespace dynamo {
namespace {

namespace text_of = yaml_text;

void append_character(std::string& text, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0U | code >> 6U);
  } else {
    if (code < 0x10000) {
      byte(0xE0U | code >> 12U);
    } else {
      byte(0xF0U | code >> 18U);
      byte(0x80U | (code >> 12U & 0x3FU));
    }
    byte(0x80U | (code >> 6U & 0x3FU));
  }
  byte(0x80U | (code & 0x3FU));
}

/// What a letter behind a backslash stands for.
std::uint32_t escaped(char letter) {
  switch (letter) {
    case '0': return 0x00;
    case 'a': return 0x07;
    case 'b': return 0x08;
    case 't': return 0x09;
    case 'n': return 0x0A;
    case 'v': return 0x0B;
    case 'f': return 0x0C;
    case 'r': return 0x0D;
    case 'e': return 0x1B;
    case 'N': return 0x85;
    case '_': return 0xA0;
    case 'L': return 0x2028;
    case 'P': return 0x2029;
    default: return static_cast<unsigned char>(letter);  // a blank, a tab, `"`, `/` and `\` stand for themselves
  }
}

class Reader {
 public:
  explicit Reader(std::string_view form) : quote_(form.front()), text_(form.substr(1, form.size() - 2)) {}

  std::string read() {
    while (at_ < text_.size()) {
      const char letter = text_[at_];
      if (text_of::is_line_end(letter)) {
        fold();
      } else if (letter == '\\' && quote_ == '"') {
        ++at_;
        read_escape();
      } else {
        value_ += letter;
        at_ += letter == '\'' && quote_ == '\'' ? 2 : 1;
        if (!text_of::is_blank(letter)) content_ = value_.size();
      }
    }
    return std::move(value_);
  }

 private:
  /// Over line ends and the blanks round them; how many line ends.
  std::size_t skip_lines() {
    std::size_t count = 0;
    for (; at_ < text_.size() && text_of::is_separation(text_[at_]); ++at_) {
      if (text_[at_] == '\n') ++count;
    }
    return count;
  }

  void fold() {
    value_.resize(content_);
    const std::size_t count = skip_lines();
    if (count == 1) {
      value_ += ' ';
    } else {
      value_.append(count - 1, '\n');
    }
    content_ = value_.size();
  }

  /// Behind the backslash.
  void read_escape() {
    const char letter = at_ < text_.size() ? text_[at_] : '\\';
    if (text_of::is_line_end(letter)) {
      value_.append(skip_lines() - 1, '\n');
    } else if (const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0; digits > 0) {
      const std::string_view number = text_.substr(at_ + 1, digits);
      std::uint32_t code = 0;
      std::from_chars(number.data(), number.data() + number.size(), code, 16);
      append_character(value_, code);
      at_ += 1 + number.size();
    } else {
      append_character(value_, escaped(letter));
      ++at_;
    }
    content_ = value_.size();
  }

  char quote_;
  std::string_view text_;  ///< between the quotes
  std::size_t at_ = 0;
  std::string value_;
  std::size_t content_ = 0;  ///< of the value: behind the last letter that is no unescaped blank
};

}  // namespace

std::string read_quoted_scalar(std::string_view form) { return Reader(form).read(); }

}  // namespace dynamo
