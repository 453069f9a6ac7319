#include "cli/diagnostics/json.h"

#include "cli/text/display_text.h"
#include "cli/text/json_text.h"

#include <boost/json/array.hpp>

#include <utility>

namespace dynamo {
namespace {

namespace json = boost::json;

json::object position_json(const SourceFile& file, std::uint32_t byte) {
  const Position position = file.position(byte);
  return {{"line", position.line}, {"column", position.column}, {"byte", byte}};
}

json::object span_json(const Label& label, bool primary) {
  const Span& span = label.where;
  json::object result;
  result["file"] = json_string(span.file->name());
  result["start"] = position_json(*span.file, span.begin);
  result["end"] = position_json(*span.file, span.end);
  result["primary"] = primary;
  result["label"] = json_string(label.text);
  return result;
}

json::object fix_json(const Fix& fix) {
  json::array edits;
  for (const Edit& edit : fix.edits) {
    json::object one;
    one["file"] = json_string(edit.where.file->name());
    one["start"] = edit.where.begin;
    one["end"] = edit.where.end;
    one["text"] = json_string(edit.text);
    edits.push_back(std::move(one));
  }
  json::object result;
  result["title"] = json_string(fix.title);
  result["applicability"] = json_string(word(fix.applicability));
  result["edits"] = std::move(edits);
  return result;
}

json::object diagnostic_json(const Diagnostic& diagnostic) {
  json::array spans;
  if (diagnostic.primary.where) spans.push_back(span_json(diagnostic.primary, true));
  for (const Label& label : diagnostic.others) {
    if (label.where) spans.push_back(span_json(label, false));
  }
  json::array fixes;
  for (const Fix& fix : diagnostic.fixes) fixes.push_back(fix_json(fix));

  json::object result;
  result["code"] = json_string(diagnostic.code.text());
  result["severity"] = json_string(word(diagnostic.severity));
  result["message"] = json_string(diagnostic.message);
  result["graph"] = diagnostic.graph ? json_string(*diagnostic.graph) : json::value(nullptr);
  result["spans"] = std::move(spans);
  result["notes"] = strings_json(diagnostic.notes);
  result["helps"] = strings_json(diagnostic.helps);
  result["fixes"] = std::move(fixes);
  result["explain"] = json_string("dynamo graph explain " + diagnostic.code.text());
  return result;
}

}  // namespace

json::object diagnostics_json(const std::vector<Diagnostic>& diagnostics, bool valid) {
  std::size_t errors = 0;
  json::array list;
  for (const Diagnostic& one : diagnostics) {
    if (one.severity == Severity::Error) ++errors;
    list.push_back(diagnostic_json(one));
  }
  json::object result;
  result["format_version"] = "1.0";
  result["valid"] = valid;
  result["errors"] = errors;
  result["warnings"] = diagnostics.size() - errors;
  result["diagnostics"] = std::move(list);
  return result;
}

}  // namespace dynamo
