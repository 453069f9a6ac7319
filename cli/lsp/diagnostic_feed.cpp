#include "cli/lsp/diagnostic_feed.h"

#include "cli/lsp/ranges.h"
#include "cli/text/json_text.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

namespace dynamo::lsp {
namespace {

namespace json = boost::json;

/// So many files that import one are checked with it.
constexpr std::size_t most_roots = 8;

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

std::string message_of(const Diagnostic& diagnostic, const Client& client) {
  std::string text = diagnostic.message;
  if (!diagnostic.primary.text.empty()) text += "\n" + diagnostic.primary.text;
  if (!client.related_information) {
    for (const Label& label : diagnostic.others) {
      if (label.where) text += fmt::format("\n{}: {}", place_of(label.where).text(), label.text);
    }
  }
  for (const std::string& note : diagnostic.notes) text += "\nnote: " + note;
  for (const std::string& help : diagnostic.helps) text += "\nhelp: " + help;
  return text;
}

}  // namespace

void DiagnosticFeed::changed(const std::string& path) { changed_.insert(path); }

void DiagnosticFeed::check() {
  by_file_.clear();
  std::erase_if(checked_, [&](const auto& root) {
    const auto concerns = [&](const std::string& path) { return root.second.files.contains(path); };
    return std::any_of(changed_.begin(), changed_.end(), concerns);
  });
  std::set<Root> used;
  for (const auto& [path, document] : documents_.all()) {
    std::vector<Root> roots = projects_.roots_of(path);
    const bool part = roots.front() != Root{path};
    const bool ours = document.facts.kind == FileFacts::Kind::Graph && !is_blank(document.text);
    if (!part && !ours) continue;
    roots.resize(std::min(roots.size(), most_roots));
    bool seen = false;
    for (const Root& root : roots) {
      const Checked& checked = check_root(root);
      used.insert(root);
      seen = seen || root.file == path || root.overlay == path ||
             (checked.result.complete && checked.files.contains(path));
    }
    if (seen) continue;
    check_root({path});
    used.insert({path});
  }
  std::erase_if(checked_, [&](const auto& root) { return !used.contains(root.first); });
  std::map<std::string, std::set<std::tuple<Code, std::uint32_t, std::uint32_t, std::string_view>>> known;
  for (const auto& [root, checked] : checked_) {
    for (const Diagnostic& one : checked.result.loading.diagnostics) {
      if (!one.primary.where) continue;
      const std::string& file = one.primary.where.file->name();
      if (!file.starts_with('/') && documents_.find(file) == nullptr) continue;
      if (known[file].emplace(one.code, one.primary.where.begin, one.primary.where.end, one.message).second) {
        by_file_[file].push_back(&one);
      }
    }
  }
}

const DiagnosticFeed::Checked& DiagnosticFeed::check_root(const Root& root) {
  const auto [place, fresh] = checked_.try_emplace(root);
  Checked& checked = place->second;
  if (!fresh) return checked;
  DocumentReader reader(documents_, disk_, DocumentReader::Text::Current);
  checked.result = check_file(root, reader);
  checked.files = reader.asked();
  if (root.overlay.empty()) return checked;
  Loading& loading = checked.result.loading;
  if (loading.unreadable) tell_missing_base(root, loading);
  for (Diagnostic& one : loading.diagnostics) {
    if (!one.primary.where || one.primary.where.file->name() == root.overlay) continue;
    one.notes.push_back(fmt::format("with the overlay `{}`", root.overlay));
  }
  return checked;
}

/// A comment of the overlay names a base that is not there.
void DiagnosticFeed::tell_missing_base(const Root& root, Loading& loading) {
  const Document* open = documents_.find(root.overlay);
  if (open == nullptr || open->facts.overlay_of.empty()) return;
  const SourceFile& file = loading.sources->add(root.overlay, open->text);
  DiagnosticList list;
  report(list, codes::import_unreadable, {&file, open->facts.overlay_of_begin, open->facts.overlay_of_end},
         fmt::format("cannot read `{}`: {}", root.file, *loading.unreadable))
      .note("the path of a base is relative to the overlay");
  loading.diagnostics = std::move(list).sorted();
}

void DiagnosticFeed::publish(const Client& client, const std::function<void(json::object)>& send) {
  if (changed_.empty()) return;
  check();
  std::set<std::string> files;
  for (const auto& [path, list] : by_file_) files.insert(path);
  for (const auto& [path, list] : sent_) files.insert(path);
  for (const std::string& path : changed_) {
    if (documents_.find(path) != nullptr) files.insert(path);
  }
  for (const std::string& path : files) {
    const Document* document = documents_.find(path);
    json::array now = list(path, client);
    const auto before = sent_.find(path);
    const bool changed = document != nullptr && changed_.contains(path);
    if (!changed && (before == sent_.end() ? now.empty() : before->second == now)) continue;
    json::object params;
    params["uri"] = json_string(documents_.uri(path));
    if (document != nullptr && document->version) params["version"] = *document->version;
    params["diagnostics"] = now;
    send(std::move(params));
    if (now.empty()) {
      sent_.erase(path);
    } else {
      sent_[path] = std::move(now);
    }
  }
  changed_.clear();
}

std::vector<const Diagnostic*> DiagnosticFeed::told(const std::string& path) const {
  const auto found = by_file_.find(path);
  return found == by_file_.end() ? std::vector<const Diagnostic*>() : found->second;
}

json::array DiagnosticFeed::list(const std::string& path, const Client& client) const {
  constexpr int error = 1;
  constexpr int warning = 2;
  constexpr int unnecessary = 1;
  json::array result;
  Ranges ranges(client.encoding);
  for (const Diagnostic* one : told(path)) {
    json::object item;
    item["range"] = ranges.range(one->primary.where);
    item["severity"] = one->severity == Severity::Error ? error : warning;
    item["code"] = one->code.text();
    item["source"] = "dynamo";
    item["message"] = json_string(message_of(*one, client));
    if (one->code == codes::unused_component) item["tags"] = json::array{unnecessary};
    json::array related;
    for (const Label& label : one->others) {
      if (!label.where || !client.related_information) continue;
      json::object location{{"uri", json_string(documents_.uri(label.where.file->name()))},
                            {"range", ranges.range(label.where)}};
      related.push_back(json::object{{"location", std::move(location)}, {"message", json_string(label.text)}});
    }
    if (!related.empty()) item["relatedInformation"] = std::move(related);
    json::object data{{"explain", "dynamo graph explain " + one->code.text()}};
    if (one->graph) data["graph"] = json_string(*one->graph);
    item["data"] = std::move(data);
    result.push_back(std::move(item));
  }
  return result;
}

}  // namespace dynamo::lsp
