#include "cli/text/style.h"

#include <fmt/format.h>

#include <array>

namespace dynamo {
namespace {

int sgr(Ink ink) {
  switch (ink) {
    case Ink::Red: return 31;
    case Ink::Green: return 32;
    case Ink::Yellow: return 33;
    case Ink::Blue: return 34;
    case Ink::Magenta: return 35;
    case Ink::Cyan: return 36;
    case Ink::Bold: return 1;
    case Ink::Dim: return 2;
  }
  return 0;
}

}  // namespace

std::string Style::paint(Ink ink, std::string_view text) const {
  if (!colored_ || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", sgr(ink), text);
}

std::string Style::strong(Ink ink, std::string_view text) const {
  if (!colored_ || text.empty()) return std::string(text);
  return fmt::format("\x1b[1;{}m{}\x1b[0m", sgr(ink), text);
}

std::string Style::distinct(std::size_t index, std::string_view text) const {
  if (!colored_ || text.empty()) return std::string(text);
  // Without red and yellow, which mean trouble, and without black and white, which may be the background.
  constexpr std::array<int, 8> colors = {36, 32, 35, 34, 96, 92, 95, 94};
  return fmt::format("\x1b[{}m{}\x1b[0m", colors[index % colors.size()], text);
}

}  // namespace dynamo
