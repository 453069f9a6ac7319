#pragma once
// Source text and places in it. A Span is a range of bytes in one SourceFile; lines and columns are
// computed only when somebody prints them. Lines and columns count from 1, columns in code points,
// bytes from 0; a byte order mark has a byte offset but no column.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct Position {
  int line = 1;
  int column = 1;
  friend bool operator==(const Position&, const Position&) = default;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// One text that diagnostics can point into: a file, standard input or one argument of the command line.
class SourceFile {
 public:
  /// `name` is what users see ("graph.yaml", "-", "command line").
  /// `first_line` is the number of the first line; arguments of the command line count as lines.
  SourceFile(std::string name, std::string text, int first_line = 1);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] Position position(std::uint32_t byte) const;
  /// The text of the line with this number, without its line end and without a byte order mark.
  [[nodiscard]] std::string_view line(int number) const;

 private:
  [[nodiscard]] std::uint32_t characters_before(std::size_t byte) const;

  std::string name_;
  std::string text_;
  int first_line_;
  std::vector<std::uint32_t> line_starts_;
  /// Characters before each block of the text, so that a place far along a long line is found at once.
  std::vector<std::uint32_t> characters_before_;
};

/// Bytes [begin, end) of a file. The file must outlive the span: see Sources.
struct Span {
  const SourceFile* file = nullptr;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] Position start_position() const { return file->position(begin); }
  [[nodiscard]] Position end_position() const { return file->position(end); }
  [[nodiscard]] std::string_view text() const { return file->text().substr(begin, end - begin); }
  explicit operator bool() const { return file != nullptr; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// A value and the place where it was written.
template <class T>
struct Located {
  T value{};
  Span where;
};

/// Owns every text that was read. Addresses stay valid as long as this object lives.
class Sources {
 public:
  const SourceFile& add(std::string name, std::string text, int first_line = 1);
  [[nodiscard]] const std::deque<SourceFile>& files() const { return files_; }

 private:
  std::deque<SourceFile> files_;
};

/// A place as people read it, detached from any text: "graph.yaml:54:3".
struct Place {
  std::string file;
  int line = 0;  ///< 0: no place is known
  int column = 0;

  [[nodiscard]] std::string text() const;
  friend bool operator==(const Place&, const Place&) = default;
};

Place place_of(const Span& span);

}  // namespace dynamo
