#include "cli/diagnostics/details.h"

#include "cli/text/display_text.h"

#include <fmt/format.h>

namespace dynamo {

bool is_file(const SourceFile& source) { return source.name() != "-" && source.name() != "command line"; }

std::string place_text(const Span& span) {
  const Place place = place_of(span);
  return visible(place.file) + fmt::format(":{}:{}", place.line, place.column);
}

std::string graph_remark(const Diagnostic& diagnostic) {
  return diagnostic.graph_words.empty() ? std::string() : fmt::format(" ({})", visible(diagnostic.graph_words));
}

std::vector<std::string> remarks_of(const Diagnostic& diagnostic) {
  std::vector<std::string> result;
  if (!diagnostic.primary.text.empty()) result.push_back(diagnostic.primary.text);
  for (const std::string& note : diagnostic.notes) result.push_back("note: " + note);
  for (const std::string& help : diagnostic.helps) result.push_back("help: " + help);
  return result;
}

}  // namespace dynamo
