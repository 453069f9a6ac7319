#pragma once
// Colour, or none. A Style is asked for every coloured word, so that a text is built once for both.

#include <string>
#include <string_view>

namespace dynamo {

enum class Ink { Red, Yellow, Green, Blue, Cyan, Magenta, Bold, Dim };

class Style {
 public:
  explicit Style(bool colored = false) : colored_(colored) {}
  [[nodiscard]] bool colored() const { return colored_; }
  [[nodiscard]] std::string paint(Ink ink, std::string_view text) const;
  /// The same and bold.
  [[nodiscard]] std::string strong(Ink ink, std::string_view text) const;
  /// One of several well distinguishable colours: prefixes of replicas.
  [[nodiscard]] std::string distinct(std::size_t index, std::string_view text) const;

 private:
  bool colored_;
};

}  // namespace dynamo
