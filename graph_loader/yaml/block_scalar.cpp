#include "graph_loader/yaml/block_scalar.h"

#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>

namespace dynamo {
namespace {

namespace text_of = yaml_text;

enum class Chomping { Clip, Strip, Keep };

struct Header {
  bool folded = false;
  std::size_t indentation = 0;  ///< as told; 0: by the first line
  Chomping chomping = Chomping::Clip;
  std::size_t end = 0;  ///< behind the indicators
};

Header read_header(std::string_view text, std::size_t at) {
  Header header;
  header.folded = text[at] == '>';
  for (++at; !text_of::is_separation_at(text, at); ++at) {
    if (text[at] == '-') header.chomping = Chomping::Strip;
    if (text[at] == '+') header.chomping = Chomping::Keep;
    if (text[at] >= '1' && text[at] <= '9') header.indentation = static_cast<std::size_t>(text[at] - '0');
  }
  header.end = at;
  return header;
}

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;   ///< in front of its line end
  std::size_t next = 0;  ///< where the next line begins
  bool ended = false;    ///< there is a line end

  Line(std::string_view text, std::size_t at) : begin(at) {
    const std::size_t line_feed = text.find('\n', at);
    ended = line_feed != std::string_view::npos;
    end = ended ? line_feed : text.size();
    next = ended ? end + 1 : end;
    if (end > begin && text[end - 1] == '\r') --end;
  }
  [[nodiscard]] std::size_t blanks(std::string_view text) const {
    return std::min(text.find_first_not_of(' ', begin), end) - begin;
  }
};

/// That of the first line which holds something, or of a wider blank one above it.
std::size_t detected_indentation(std::string_view text, std::size_t at, std::size_t least) {
  std::size_t indentation = least;
  while (at < text.size()) {
    const Line line(text, at);
    const std::size_t blanks = line.blanks(text);
    indentation = std::max(indentation, blanks);
    if (line.begin + blanks < line.end) break;
    at = line.next;
  }
  return indentation;
}

class Reader {
 public:
  Reader(std::string_view text, const Header& header) : text_(text), header_(header) {
    scalar_.end = scalar_.value_end = header.end;
  }

  BlockScalar read(std::size_t at, std::size_t indentation) {
    while (at < text_.size()) {
      const Line line(text_, at);
      const std::size_t blanks = std::min(line.blanks(text_), indentation);
      if (line.begin + blanks == line.end) {
        add_empty(line);
      } else if (blanks == indentation) {
        add(line, indentation);
      } else {
        break;
      }
      at = line.next;
    }
    finish();
    return std::move(scalar_);
  }

 private:
  void add_empty(const Line& line) {
    if (!line.ended) return;  // the blanks at the end of the file are no line
    ++empty_;
    last_empty_ = line.end;
  }

  void add(const Line& line, std::size_t indentation) {
    const std::string_view content = text_.substr(line.begin + indentation, line.end - line.begin - indentation);
    const bool spaced = text_of::is_blank(content.front());
    const bool folds = header_.folded && !spaced && !spaced_;
    if (any_ && folds && empty_ == 0) {
      scalar_.value += ' ';
    } else {
      // The line end above; where lines are folded, the empty lines stand for themselves alone.
      scalar_.value.append(empty_ + (any_ && !folds ? 1 : 0), '\n');
    }
    scalar_.value += content;
    scalar_.value_end = line.end;
    if (content.find_first_not_of(" \t") != std::string_view::npos) scalar_.end = line.end;
    any_ = true;
    spaced_ = spaced;
    ended_ = line.ended;
    empty_ = 0;
  }

  void finish() {
    if (header_.chomping == Chomping::Strip) return;
    if (any_ && ended_) scalar_.value += '\n';
    if (header_.chomping == Chomping::Clip || empty_ == 0) return;
    scalar_.value.append(empty_, '\n');
    scalar_.value_end = last_empty_;
  }

  std::string_view text_;
  const Header& header_;
  BlockScalar scalar_;
  bool any_ = false;       ///< there is a line
  bool spaced_ = false;    ///< the last line began with a blank: what is round it is not folded
  bool ended_ = false;     ///< it had a line end
  std::size_t empty_ = 0;  ///< lines since then
  std::size_t last_empty_ = 0;
};

}  // namespace

BlockScalar read_block_scalar(std::string_view text, std::size_t at, std::size_t parent) {
  const Header header = read_header(text, at);
  const std::size_t first = std::min(text.find('\n', at), text.size() - 1) + 1;
  const std::size_t indentation =
      header.indentation > 0 ? parent + header.indentation : detected_indentation(text, first, parent + 1);
  return Reader(text, header).read(first, indentation);
}

}  // namespace dynamo
