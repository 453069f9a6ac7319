#pragma once
// Diagnostics as people read them: `human` with excerpts, `short` with one line each. The forms
// for programs are in diagnostic_json.h, diagnostic_sarif.h and diagnostic_github.h.

#include "cli/text/style.h"
#include "proto/diagnostic.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dynamo {

struct DiagnosticLook {
  int width = 0;  ///< columns of the terminal; 0: nobody counts
  Style style;
};

/// One diagnostic with its excerpts, notes and helps. `more` adds where it is explained.
std::string render_human(const Diagnostic& diagnostic, const DiagnosticLook& look, bool more = true);
/// FILE:LINE:COLUMN: SEVERITY[CODE]: MESSAGE
std::string render_short(const Diagnostic& diagnostic);

/// All of them with a blank line between, `more` at the first of each code. At most `limit` (0: all); then
/// a line says how many more there are.
std::string render_all_human(const std::vector<Diagnostic>& diagnostics, std::size_t limit, const DiagnosticLook& look);
std::string render_all_short(const std::vector<Diagnostic>& diagnostics, std::size_t limit);

/// "wrong.yaml: 2 errors in 2 graphs"
std::string diagnostic_summary(const std::string& file, const std::vector<Diagnostic>& diagnostics);

}  // namespace dynamo
