#pragma once
// The lines of one source text that a diagnostic is about, with marks under the places it names:
//
//    4 |   g4: {spec: LLMAgg, bind: {frontend: Backend}}
//      |              ------                   ^^^^^^^ implements `AbstractBackend`
//      |              |
//      |              its slots are declared here
//
// Rules: marks on one line share one row; the label of the last one stands behind it, the others hang below; a
// span over several lines gets a rail at its left; lines that are too long are cut around their marks.

#include "cli/text/style.h"
#include "proto/diagnostic.h"

#include <string>
#include <vector>

namespace dynamo {

struct ExcerptMark {
  Label label;
  bool primary = false;
};

struct ExcerptLook {
  int gutter = 2;   ///< columns of the line numbers
  int width = 120;  ///< of a whole line of output
  Severity severity = Severity::Error;
  Style style;
};

/// All marks are in one file. Ends with a line end.
std::string excerpt(const std::vector<ExcerptMark>& marks, const ExcerptLook& look);

/// The number of the last line that excerpt() shows: its digits decide how wide the gutter is.
int last_line(const Span& span);

}  // namespace dynamo
