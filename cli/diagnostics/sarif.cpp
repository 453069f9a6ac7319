#include "cli/diagnostics/sarif.h"

#include "cli/diagnostics/details.h"
#include "cli/help/explain_pages.h"
#include "cli/help/page_text.h"
#include "cli/text/display_text.h"
#include "cli/text/json_text.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace dynamo {
namespace {

namespace json = boost::json;

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A path as a relative reference, or as a file URI if it is absolute.
std::string uri_of(std::string_view path) {
  std::string result = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos)) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", byte);
    }
  }
  return result;
}

/// Text of a SARIF message. `{0}` would be a placeholder; braces that cannot be one are left alone, since readers
/// that know no placeholders would show them doubled.
std::string message_text(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    result += text.substr(0, open);
    text.remove_prefix(open);
    const std::size_t digits = text.empty() ? 0 : text.find_first_not_of("0123456789", 1);
    if (digits != std::string_view::npos && digits > 1 && text[digits] == '}') {
      result += fmt::format("{{{}}}", text.substr(0, digits + 1));
      text.remove_prefix(digits + 1);
    } else if (!text.empty()) {
      result += '{';
      text.remove_prefix(1);
    }
  }
  return result;
}

json::object text_json(std::string_view text) { return {{"text", json_string(text)}}; }

json::object message_json(std::string_view text) { return text_json(message_text(text)); }

/// "UnknownKey" of "unknown_key".
std::string camel_case(std::string_view name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') result += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  return result;
}

std::string capitalised(std::string_view text) {
  std::string result(text);
  if (!result.empty()) result.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(result.front())));
  return result;
}

/// The first paragraph of a page, without its line ends.
std::string summary_of(std::string_view page) {
  const std::size_t begin = std::min(page.find("\n\n"), page.size());
  page.remove_prefix(std::min(begin + 2, page.size()));
  std::string result(page.substr(0, page.find("\n\n")));
  std::replace(result.begin(), result.end(), '\n', ' ');
  return result;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

class SarifWriter {
 public:
  json::object write(const std::vector<Diagnostic>& diagnostics, const SarifRun& run) {
    json::array results;
    for (const Diagnostic& diagnostic : diagnostics) results.push_back(result_json(diagnostic));

    json::object driver{{"name", "dynamo"}, {"semanticVersion", DYNAMO_VERSION}, {"rules", std::move(rules_)}};
    json::object sarif_run;
    sarif_run["tool"] = {{"driver", std::move(driver)}};
    sarif_run["invocations"] = json::array{invocation_json(run)};
    sarif_run["columnKind"] = "unicodeCodePoints";
    if (!artifacts_.empty()) sarif_run["artifacts"] = std::move(artifacts_);
    sarif_run["results"] = std::move(results);
    return {{"$schema", json::string(schema)}, {"version", "2.1.0"}, {"runs", json::array{std::move(sarif_run)}}};
  }

 private:
  static json::object invocation_json(const SarifRun& run) {
    json::object result{{"executionSuccessful", !run.failure}, {"exitCode", static_cast<int>(run.exit_code)}};
    json::array notifications;
    if (run.failure) notifications.push_back({{"level", "error"}, {"message", message_json(*run.failure)}});
    if (run.hidden > 0) {
      const std::string text = fmt::format("{} more results are left out; --max-errors 0 shows all", run.hidden);
      notifications.push_back({{"level", "note"}, {"message", message_json(text)}});
    }
    if (!notifications.empty()) result["toolExecutionNotifications"] = std::move(notifications);
    return result;
  }

  std::size_t rule_index(const Diagnostic& diagnostic) {
    const auto [place, fresh] = rule_indices_.emplace(diagnostic.code, rules_.size());
    if (!fresh) return place->second;
    const std::string id = diagnostic.code.text();
    json::object rule{{"id", id}};
    if (const CodeInfo* info = find_code(id)) {
      rule["name"] = camel_case(info->name);
      rule["shortDescription"] = text_json(capitalised(info->title));
    }
    if (const std::string_view page = explain_page(diagnostic.code); !page.empty()) {
      rule["fullDescription"] = text_json(summary_of(page));
      rule["help"] = {{"text", json_string(page_text(page, 0, Style()))}, {"markdown", json_string(page)}};
    }
    rule["defaultConfiguration"] = {{"level", json_string(word(diagnostic.severity))}};
    rules_.push_back(std::move(rule));
    return place->second;
  }

  json::object result_json(const Diagnostic& diagnostic) {
    const std::size_t rule = rule_index(diagnostic);
    json::object result{{"ruleId", diagnostic.code.text()}, {"ruleIndex", rule}};
    result["level"] = json_string(word(diagnostic.severity));
    std::string text = message_text(diagnostic.message + graph_remark(diagnostic));
    for (const std::string& remark : remarks_of(diagnostic)) text += "\n" + message_text(remark);

    json::array related;
    for (const Label& label : diagnostic.others) {
      if (!label.where) continue;
      json::object location = location_json(label);
      const std::size_t id = related.size() + 1;
      location["id"] = id;
      related.push_back(std::move(location));
      // A link to the related location, which readers show beside the message.
      text += fmt::format("\n[{}]({})", link_text(label.where), id);
      if (!label.text.empty()) text += ": " + message_text(label.text);
    }
    result["message"] = text_json(text);
    if (diagnostic.primary.where) result["locations"] = json::array{location_json(diagnostic.primary)};
    if (!related.empty()) result["relatedLocations"] = std::move(related);
    result["partialFingerprints"] = {{"diagnostic/v1", fingerprint(diagnostic)}};
    json::array fixes;
    for (const Fix& fix : diagnostic.fixes) fixes.push_back(fix_json(fix));
    if (!fixes.empty()) result["fixes"] = std::move(fixes);
    if (diagnostic.graph) result["properties"] = {{"graph", json_string(*diagnostic.graph)}};
    return result;
  }

  /// Does not change when lines are added above: code, file, graph, message and marked text.
  std::string fingerprint(const Diagnostic& diagnostic) {
    const Span& where = diagnostic.primary.where;
    std::string facts = diagnostic.code.text();
    for (const std::string_view fact :
         {where ? std::string_view(where.file->name()) : std::string_view(),
          diagnostic.graph ? std::string_view(*diagnostic.graph) : std::string_view(),
          std::string_view(diagnostic.message), where ? where.text() : std::string_view()}) {
      facts += '\0';
      facts += fact;
    }
    const std::uint64_t hash = hash_of(facts);
    return fmt::format("{:016x}:{}", hash, ++fingerprints_[hash]);
  }

  static std::string link_text(const Span& where) {
    std::string result;
    for (const char c : message_text(place_text(where))) {
      if (c == '[' || c == ']' || c == '\\') result += '\\';
      result += c;
    }
    return result;
  }

  json::object artifact_json(const SourceFile& source) {
    if (is_file(source)) return {{"uri", uri_of(source.name())}};
    // Neither standard input nor the command line has a URI: they are described, and pointed at by number.
    const auto [place, fresh] = artifact_indices_.emplace(source.name(), artifacts_.size());
    if (fresh) {
      const bool input = source.name() == "-";
      json::object artifact{{"description", text_json(input ? "standard input" : source.name())}};
      if (input) artifact["roles"] = json::array{"standardStream"};
      artifacts_.push_back(std::move(artifact));
    }
    return {{"index", place->second}};
  }

  static json::object region_json(const Span& where) {
    const Position start = where.start_position();
    const Position end = where.end_position();
    json::object region{
        {"startLine", start.line}, {"startColumn", start.column}, {"endLine", end.line}, {"endColumn", end.column}};
    // Each argument of the command line is a text of its own, so that bytes say nothing there.
    if (where.file->name() != "command line") {
      region["byteOffset"] = where.begin;
      region["byteLength"] = where.end - where.begin;
    }
    return region;
  }

  json::object location_json(const Label& label) {
    json::object result;
    result["physicalLocation"] = {{"artifactLocation", artifact_json(*label.where.file)},
                                  {"region", region_json(label.where)}};
    if (!label.text.empty()) result["message"] = message_json(label.text);
    return result;
  }

  json::object fix_json(const Fix& fix) {
    std::vector<const SourceFile*> files;
    std::map<const SourceFile*, json::array> replacements;
    for (const Edit& edit : fix.edits) {
      const auto [place, fresh] = replacements.try_emplace(edit.where.file);
      if (fresh) files.push_back(edit.where.file);
      place->second.push_back({{"deletedRegion", region_json(edit.where)}, {"insertedContent", text_json(edit.text)}});
    }
    json::array changes;
    for (const SourceFile* file : files) {
      changes.push_back({{"artifactLocation", artifact_json(*file)}, {"replacements", std::move(replacements[file])}});
    }
    json::object result{{"description", message_json(fix.title)}, {"artifactChanges", std::move(changes)}};
    result["properties"] = {{"applicability", json_string(word(fix.applicability))}};
    return result;
  }

  json::array rules_;
  std::map<Code, std::size_t> rule_indices_;
  json::array artifacts_;
  std::map<std::string, std::size_t> artifact_indices_;
  std::map<std::uint64_t, int> fingerprints_;
};

}  // namespace

json::object diagnostics_sarif(const std::vector<Diagnostic>& diagnostics, const SarifRun& run) {
  return SarifWriter().write(diagnostics, run);
}

}  // namespace dynamo
