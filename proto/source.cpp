#include "proto/source.h"

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t block = 4096;

std::uint32_t count_characters(std::string_view text) {
  return static_cast<std::uint32_t>(std::count_if(
      text.begin(), text.end(), [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U; }));
}

}  // namespace

SourceFile::SourceFile(std::string name, std::string text, int first_line)
    : name_(std::move(name)), text_(std::move(text)), first_line_(first_line) {
  line_starts_.push_back(std::string_view(text_).starts_with(byte_order_mark) ? 3 : 0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
  std::uint32_t characters = 0;
  for (std::size_t at = 0; at < text_.size(); at += block) {
    characters_before_.push_back(characters);
    characters += count_characters(std::string_view(text_).substr(at, block));
  }
}

std::uint32_t SourceFile::characters_before(std::size_t byte) const {
  if (characters_before_.empty()) return 0;
  const std::size_t index = std::min(byte / block, characters_before_.size() - 1);
  return characters_before_[index] +
         count_characters(std::string_view(text_).substr(index * block, byte - index * block));
}

Position SourceFile::position(std::uint32_t byte) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), byte);
  const auto index = after == line_starts_.begin() ? 0 : after - line_starts_.begin() - 1;
  Position result{first_line_ + static_cast<int>(index), 1};
  const std::size_t end = std::min<std::size_t>(byte, text_.size());
  const std::size_t line_start = line_starts_[static_cast<std::size_t>(index)];
  if (end > line_start) result.column += static_cast<int>(characters_before(end) - characters_before(line_start));
  return result;
}

std::string_view SourceFile::line(int number) const {
  const int index = number - first_line_;
  if (index < 0 || static_cast<std::size_t>(index) >= line_starts_.size()) return {};
  const std::size_t begin = line_starts_[static_cast<std::size_t>(index)];
  const std::size_t end = std::min(text_.find('\n', begin), text_.size());
  std::string_view line = std::string_view(text_).substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

const SourceFile& Sources::add(std::string name, std::string text, int first_line) {
  return files_.emplace_back(std::move(name), std::move(text), first_line);
}

std::string Place::text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Place place_of(const Span& span) {
  if (!span) return {};
  const Position start = span.start_position();
  return {span.file->name(), start.line, start.column};
}

}  // namespace dynamo
