#pragma once
// Inheritance of whole files: the order in which definitions are resolved that extend one other each (components,
// specs, graphs), a parent before its children and without recursion, for a chain may be as long as a file; and the
// limit to what is copied, so that a small file cannot fill the memory (DG0007).

#include "proto/diagnostic.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace dynamo {

/// Calls `resolve(index, parent)` once for each index below `count`, after its parent. `parent_of(index)` tells what it
/// extends and is asked once; `cycle(index, parent)` is called where a chain comes back to itself, and the index is
/// then resolved without a parent.
template <class ParentOf, class Cycle, class Resolve>
void resolve_parents_first(std::size_t count, ParentOf parent_of, Cycle cycle, Resolve resolve) {
  enum class Mark : unsigned char { Fresh, Open, Done };
  std::vector<Mark> marks(count, Mark::Fresh);
  struct OnPath {
    std::size_t index;
    std::optional<std::size_t> parent;
  };
  std::vector<OnPath> path;
  for (std::size_t first = 0; first < count; ++first) {
    for (std::optional<std::size_t> at = first; at && marks[*at] == Mark::Fresh;) {
      marks[*at] = Mark::Open;
      OnPath step{*at, parent_of(*at)};
      at = step.parent;
      if (step.parent && marks[*step.parent] == Mark::Open) {
        cycle(step.index, *step.parent);
        step.parent.reset();
      }
      path.push_back(step);
    }
    for (; !path.empty(); path.pop_back()) {
      resolve(path.back().index, path.back().parent);
      marks[path.back().index] = Mark::Done;
    }
  }
}

/// Counts the entries that children copy from their parents.
class InheritedEntries {
 public:
  /// `what`: "what specs inherit", for the message.
  InheritedEntries(DiagnosticSink& sink, std::string_view what) : sink_(sink), what_(what) {}
  /// False once they are too many, which is told at the first place.
  bool afford(std::size_t entries, Span where);

 private:
  DiagnosticSink& sink_;
  std::string_view what_;
  std::size_t count_ = 0;
  bool told_ = false;
};

}  // namespace dynamo
