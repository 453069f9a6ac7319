#include "cli/diagnostics/excerpt.h"

#include "cli/text/display_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace dynamo {
namespace {

/// A line far longer than any terminal is cut before it is taken apart.
constexpr std::size_t bytes_before_mark = 2000;
constexpr std::size_t bytes_of_line = 8000;
/// So many columns stay visible before a mark when the line's beginning is cut off.
constexpr int context = 12;
/// A span of up to so many lines is shown whole; of a longer one the first and the last.
constexpr int whole_span = 4;

enum class Kind { Plain, Gutter, Primary, Secondary };

/// One row of output after the gutter: text put at columns, each with the kind that decides its colour.
class Canvas {
 public:
  void put(int column, std::string_view text, Kind kind) {
    for (const Cell& cell : cells_of(text)) {
      const auto at = static_cast<std::size_t>(std::max(column, 0));
      const std::size_t after = at + static_cast<std::size_t>(std::max(cell.width, 1));
      if (glyphs_.size() < after) glyphs_.resize(after, Glyph{" ", Kind::Plain});
      glyphs_[at] = {cell.text, kind};
      for (std::size_t index = at + 1; index < after; ++index) glyphs_[index] = {"", kind};
      column += cell.width;
    }
  }

  [[nodiscard]] std::string text(const ExcerptLook& look) const {
    std::string result;
    for (std::size_t index = 0; index < glyphs_.size();) {
      std::string run;
      const Kind kind = glyphs_[index].kind;
      while (index < glyphs_.size() && glyphs_[index].kind == kind) run += glyphs_[index++].text;
      result += paint(run, kind, look);
    }
    return result;
  }

  static std::string paint(std::string_view text, Kind kind, const ExcerptLook& look) {
    switch (kind) {
      case Kind::Plain: return std::string(text);
      case Kind::Gutter:
      case Kind::Secondary: return look.style.strong(Ink::Blue, text);
      case Kind::Primary: return look.style.strong(look.severity == Severity::Error ? Ink::Red : Ink::Yellow, text);
    }
    return {};
  }

 private:
  struct Glyph {
    std::string text;
    Kind kind = Kind::Plain;
  };
  std::vector<Glyph> glyphs_;
};

/// A place as line number and byte offset in that line.
struct LinePlace {
  int line = 1;
  std::size_t offset = 0;
};

LinePlace place_in(const SourceFile& file, std::uint32_t byte) {
  LinePlace place{.line = file.position(byte).line};
  const std::string_view line = file.line(place.line);
  const auto begin = static_cast<std::size_t>(line.data() - file.text().data());
  if (!line.empty() && byte > begin) place.offset = std::min(byte - begin, line.size());
  return place;
}

/// The end of a span without the blanks and line ends that it may close with.
std::uint32_t visible_end(const Span& span) {
  std::uint32_t end = std::min(span.end, static_cast<std::uint32_t>(span.file->text().size()));
  while (end > span.begin && std::string_view(" \t\r\n").find(span.file->text()[end - 1]) != std::string_view::npos) {
    --end;
  }
  return std::max(end, span.begin);
}

struct LineMark {
  std::size_t begin = 0;  ///< bytes in the line
  std::size_t end = 0;
  std::string label;
  bool primary = false;
  int first = 0;  ///< columns, once the line is laid out
  int last = 0;   ///< one past
  [[nodiscard]] Kind kind() const { return primary ? Kind::Primary : Kind::Secondary; }
};

/// A span over several lines and the number of its rail.
struct Rail {
  LinePlace begin;
  LinePlace end;
  std::string label;
  bool primary = false;
  bool from_indent = false;  ///< nothing but blanks stands before it
  [[nodiscard]] Kind kind() const { return primary ? Kind::Primary : Kind::Secondary; }
};

/// The bytes of a line that have to be seen, and the columns of the label behind them.
struct Interest {
  std::size_t begin = 0;
  std::size_t end = 0;
  int label_width = 0;
};

/// The part of a line that is shown, and where its bytes are in columns.
class LaidOutLine {
 public:
  LaidOutLine(std::string_view line, const Interest& interest, int limit) {
    std::size_t from = interest.begin > bytes_of_line / 2 ? interest.begin - bytes_before_mark : 0;
    while (from > 0 && (static_cast<unsigned char>(line[from]) & 0xC0U) == 0x80U) --from;
    const std::string_view part = line.substr(from, bytes_of_line);
    offset_ = from;
    cells_ = cells_of(part);
    for (const Cell& cell : cells_) total_ += cell.width;
    const bool cut_before = from > 0;
    const bool cut_behind = from + part.size() < line.size();
    if (total_ <= limit && !cut_before && !cut_behind) return;
    limit_ = limit;
    const int first = raw_column(interest.begin);
    const int last = std::min(raw_column(interest.end) + interest.label_width, first + limit - 2);
    if (cut_before || last > limit - 1) {
      start_ = std::clamp(last - limit + 2, 0, std::max(first - context, 0));
      if (cut_before) start_ = std::max(start_, 1);
    }
    cut_behind_ = cut_behind || total_ - start_ > limit;
  }

  /// Columns cut off at the left.
  [[nodiscard]] int start() const { return start_; }

  /// Whether it is not too long to be taken apart as a whole.
  [[nodiscard]] bool is_whole() const { return offset_ == 0; }

  /// Whether so much can be cut off at the left: the mark stays in sight, and a line that fits as it is loses nothing
  /// but its indentation.
  [[nodiscard]] bool can_start(int start, const Interest& interest) const {
    if (raw_column(interest.begin) <= start) return false;
    int column = 0;
    for (const Cell& cell : cells_) {
      if (start_ > 0 || column > start) return true;
      if (cell.text.find_first_not_of(' ') != std::string::npos) return false;
      column += cell.width;
    }
    return true;
  }

  /// Cuts off as much at the left as other lines do.
  void move_start(int start, int limit) {
    start_ = start;
    limit_ = limit;
    cut_behind_ = cut_behind_ || total_ - start_ > limit;
  }

  /// Of the first column that shows the byte.
  [[nodiscard]] int column(std::size_t byte) const { return clamp(raw_column(byte) - start_); }

  [[nodiscard]] std::string text() const {
    std::string result;
    int column = 0;
    for (const Cell& cell : cells_) {
      const int at = column - start_;
      column += cell.width;
      if (start_ > 0 && at < 1) {
        if (at + cell.width >= 1) {
          result = "…";
          result.append(static_cast<std::size_t>(at + cell.width - 1), ' ');
        }
        continue;
      }
      if (cut_behind_ && at + cell.width > limit_ - 1) break;
      result += cell.text;
    }
    if (cut_behind_ || (result.empty() && start_ > 0 && total_ > 0)) result += "…";
    return result;
  }

 private:
  [[nodiscard]] int raw_column(std::size_t byte) const {
    if (byte < offset_) return 0;
    int column = 0;
    for (const Cell& cell : cells_) {
      if (cell.end + offset_ > byte) break;
      column += cell.width;
    }
    return column;
  }
  [[nodiscard]] int clamp(int column) const {
    return limit_ > 0 ? std::clamp(column, start_ > 0 ? 1 : 0, limit_ - 1) : std::max(column, 0);
  }

  std::vector<Cell> cells_;
  std::size_t offset_ = 0;
  int total_ = 0;
  int start_ = 0;  ///< columns cut off at the left
  int limit_ = 0;  ///< set if something is cut
  bool cut_behind_ = false;
};

class ExcerptWriter {
 public:
  ExcerptWriter(const SourceFile& file, const std::vector<ExcerptMark>& marks, const ExcerptLook& look)
      : file_(file), look_(look) {
    for (const ExcerptMark& mark : marks) add(mark);
    rail_width_ = rails_.empty() ? 0 : static_cast<int>(rails_.size()) + 1;
  }

  std::string write() {
    cut_alike();
    int previous = 0;
    for (const auto& [number, marks] : lines_) {
      if (previous != 0 && number == previous + 2) {
        write_source(number - 1, {});
      } else if (previous != 0 && number > previous + 2) {
        result_ += Canvas::paint("...", Kind::Gutter, look_);
        const std::string rails = rail_text(previous, true).text(look_);
        if (!rails_.empty()) result_ += std::string(static_cast<std::size_t>(look_.gutter), ' ') + rails;
        result_ += '\n';
      }
      write_source(number, marks);
      previous = number;
    }
    return std::move(result_);
  }

 private:
  void add(const ExcerptMark& mark) {
    const Span& where = mark.label.where;
    const LinePlace begin = place_in(file_, where.begin);
    const LinePlace end = place_in(file_, visible_end(where));
    if (begin.line == end.line) {
      LineMark line_mark;
      line_mark.begin = begin.offset;
      line_mark.end = std::max(end.offset, begin.offset);
      line_mark.label = visible(mark.label.text);
      line_mark.primary = mark.primary;
      lines_[begin.line].push_back(std::move(line_mark));
      return;
    }
    Rail rail{.begin = begin, .end = end, .label = visible(mark.label.text), .primary = mark.primary};
    rail.from_indent =
        file_.line(begin.line).substr(0, begin.offset).find_first_not_of(" \t") == std::string_view::npos;
    rails_.push_back(std::move(rail));
    const bool whole = end.line - begin.line < whole_span;
    for (int line = begin.line; line <= end.line; ++line) {
      if (whole || line == begin.line || line == end.line) lines_[line];
    }
  }

  void row(std::string_view number, const Canvas& canvas) {
    std::string text = Canvas::paint(fmt::format("{:>{}} |", number, look_.gutter), Kind::Gutter, look_);
    if (const std::string shown = canvas.text(look_); !shown.empty()) text += " " + shown;
    text.erase(text.find_last_not_of(' ') + 1);
    result_ += text + "\n";
  }

  /// The rails beside a line of source, or below it.
  [[nodiscard]] Canvas rail_text(int line, bool below) const {
    Canvas canvas;
    for (std::size_t index = 0; index < rails_.size(); ++index) {
      const Rail& rail = rails_[index];
      const bool inside =
          below ? line >= rail.begin.line && line < rail.end.line : line > rail.begin.line && line <= rail.end.line;
      const bool opens = !below && line == rail.begin.line && rail.from_indent;
      if (inside || opens) canvas.put(static_cast<int>(index), opens ? "/" : "|", rail.kind());
    }
    return canvas;
  }

  [[nodiscard]] int limit() const { return std::max(look_.width - look_.gutter - 3 - rail_width_, 20); }

  [[nodiscard]] std::optional<Interest> interest_of(int number, const std::vector<LineMark>& marks) const {
    Interest result{.begin = file_.line(number).size(), .end = 0, .label_width = 0};
    const auto widen = [&](std::size_t begin, std::size_t end, const std::string& label) {
      result.begin = std::min(result.begin, begin);
      if (end >= result.end) result.label_width = label.empty() ? 0 : display_width(label) + 1;
      result.end = std::max(result.end, end);
    };
    for (const LineMark& mark : marks) widen(mark.begin, mark.end, mark.label);
    for (const Rail& rail : rails_) {
      if (rail.begin.line == number) widen(rail.begin.offset, rail.begin.offset, {});
      if (rail.end.line == number && marks.empty()) widen(0, rail.end.offset, rail.label);
    }
    if (result.begin > result.end) return std::nullopt;
    return result;
  }

  /// Cuts the same off all lines at the left, if that is possible: indentation tells what belongs to what.
  void cut_alike() {
    std::vector<std::pair<LaidOutLine, Interest>> laid_out;
    int most = 0;
    for (const auto& [number, marks] : lines_) {
      const auto interest = interest_of(number, marks);
      if (!interest) continue;
      const LaidOutLine& line =
          laid_out.emplace_back(LaidOutLine(file_.line(number), *interest, limit()), *interest).first;
      if (!line.is_whole()) return;
      most = std::max(most, line.start());
    }
    const bool possible = std::all_of(laid_out.begin(), laid_out.end(),
                                      [&](const auto& one) { return one.first.can_start(most, one.second); });
    if (possible) start_ = most;
  }

  void write_source(int number, std::vector<LineMark> marks) {
    LaidOutLine line(file_.line(number), interest_of(number, marks).value_or(Interest{}), limit());
    if (start_ > 0) line.move_start(start_, limit());

    Canvas source = rail_text(number, false);
    source.put(rail_width_, line.text(), Kind::Plain);
    row(std::to_string(number), source);
    write_marks(number, line, std::move(marks));
    write_rail_ends(number, line);
  }

  void write_marks(int number, const LaidOutLine& line, std::vector<LineMark> marks) {
    if (marks.empty()) return;
    for (LineMark& mark : marks) {
      mark.first = rail_width_ + line.column(mark.begin);
      mark.last = std::max(rail_width_ + line.column(mark.end), mark.first + 1);
    }
    std::stable_sort(marks.begin(), marks.end(),
                     [](const LineMark& a, const LineMark& b) { return a.first < b.first; });
    const auto below = [&] { return rail_text(number, number != open_rail_line(number)); };

    Canvas canvas = below();
    for (const bool primary : {false, true}) {
      for (const LineMark& mark : marks) {
        if (mark.primary != primary) continue;
        const std::string line_of_marks(static_cast<std::size_t>(mark.last - mark.first), primary ? '^' : '-');
        canvas.put(mark.first, line_of_marks, mark.kind());
      }
    }
    // The label of the mark that starts last stands behind it, if no other mark reaches beyond.
    const bool behind =
        std::all_of(marks.begin(), marks.end(), [&](const LineMark& mark) { return mark.last <= marks.back().last; });
    if (behind && !marks.back().label.empty()) {
      canvas.put(marks.back().last + 1, marks.back().label, marks.back().kind());
    }
    row("", canvas);
    if (behind) marks.pop_back();
    std::erase_if(marks, [](const LineMark& mark) { return mark.label.empty(); });
    if (marks.empty()) return;

    const auto hang = [&](std::size_t count) {
      Canvas hanging = below();
      for (std::size_t index = 0; index < count; ++index) hanging.put(marks[index].first, "|", marks[index].kind());
      return hanging;
    };
    row("", hang(marks.size()));
    for (std::size_t index = marks.size(); index-- > 0;) {
      Canvas hanging = hang(index);
      hanging.put(marks[index].first, marks[index].label, marks[index].kind());
      row("", hanging);
    }
  }

  /// A rail that begins in the middle of this line is drawn only by its own row, below the marks.
  [[nodiscard]] int open_rail_line(int number) const {
    for (const Rail& rail : rails_) {
      if (rail.begin.line == number && !rail.from_indent) return number;
    }
    return -1;
  }

  void write_rail_ends(int number, const LaidOutLine& line) {
    for (std::size_t index = 0; index < rails_.size(); ++index) {
      const Rail& rail = rails_[index];
      const bool opens = rail.begin.line == number && !rail.from_indent;
      if (!opens && rail.end.line != number) continue;
      const std::size_t byte = opens ? rail.begin.offset : rail.end.offset - 1;
      const int column = rail_width_ + line.column(byte);
      Canvas canvas = rail_text(number, true);
      const int from = static_cast<int>(index);
      if (!opens) canvas.put(from, "|", rail.kind());
      const std::string bar(static_cast<std::size_t>(column - from - 1), '_');
      canvas.put(from, opens ? " " : "|", rail.kind());
      canvas.put(from + 1, bar + (rail.primary ? "^" : "-"), rail.kind());
      if (!opens && !rail.label.empty()) canvas.put(column + 2, rail.label, rail.kind());
      row("", canvas);
    }
  }

  const SourceFile& file_;
  const ExcerptLook& look_;
  std::map<int, std::vector<LineMark>> lines_;
  std::vector<Rail> rails_;
  int rail_width_ = 0;
  int start_ = 0;  ///< columns that are cut off all lines at the left; 0: off each what it needs
  std::string result_;
};

}  // namespace

int last_line(const Span& span) { return place_in(*span.file, visible_end(span)).line; }

std::string excerpt(const std::vector<ExcerptMark>& marks, const ExcerptLook& look) {
  if (marks.empty()) return {};
  return ExcerptWriter(*marks.front().label.where.file, marks, look).write();
}

}  // namespace dynamo
