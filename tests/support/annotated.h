#pragma once
// Test input that marks its own spans: Annotated("a: «b»").text() is "a: b", and range(0) is the place of
// the b. Marks may be nested; ranges are numbered in the order in which they open.

#include "proto/source.h"

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo::testing {

class Annotated {
 public:
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    friend bool operator==(const Range&, const Range&) = default;
  };

  explicit Annotated(std::string_view marked) {
    constexpr std::string_view opening = "«";
    constexpr std::string_view closing = "»";
    std::vector<std::size_t> open;
    for (std::size_t at = 0; at < marked.size();) {
      const auto here = static_cast<std::uint32_t>(text_.size());
      if (marked.substr(at).starts_with(opening)) {
        open.push_back(ranges_.size());
        ranges_.push_back({here, here});
        at += opening.size();
      } else if (marked.substr(at).starts_with(closing)) {
        ranges_.at(open.at(open.size() - 1)).end = here;
        open.pop_back();
        at += closing.size();
      } else {
        text_ += marked[at++];
      }
    }
    if (!open.empty()) throw std::invalid_argument("a mark is not closed: " + std::string(marked));
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  [[nodiscard]] Range range(std::size_t index = 0) const { return ranges_.at(index); }
  [[nodiscard]] SourceFile file(std::string name = "graph.yaml") const { return {std::move(name), text_}; }

 private:
  std::string text_;
  std::vector<Range> ranges_;
};

inline Annotated::Range range_of(const Span& span) { return {span.begin, span.end}; }

inline void PrintTo(const Annotated::Range& range, std::ostream* out) {
  *out << "bytes " << range.begin << " to " << range.end;
}

}  // namespace dynamo::testing
