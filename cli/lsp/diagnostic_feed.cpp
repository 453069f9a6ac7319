#include "cli/lsp/diagnostic_feed.h"

#include "cli/lsp/ranges.h"
#include "cli/text/json_text.h"
#include "graph_loader/language/check_file.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace dynamo::lsp {
namespace {

namespace json = boost::json;

/// So many files that import one are checked with it.
constexpr std::size_t most_roots = 8;

/// After these the loader checks nothing else.
bool stops(Code code) {
  return code.number < 100 || code == codes::api_version_unsupported || code == codes::import_unreadable ||
         code == codes::import_cycle;
}

bool same(const Diagnostic& left, const Diagnostic& right) {
  return left.code == right.code && left.primary.where.begin == right.primary.where.begin &&
         left.primary.where.end == right.primary.where.end && left.message == right.message;
}

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
  std::set<std::string> used;
  for (const auto& [path, document] : documents_.all()) {
    std::vector<std::string> roots = projects_.roots_of(path);
    const bool part = roots.front() != path;
    if (!part && (!document.graph_file || is_blank(document.text))) continue;
    roots.resize(std::min(roots.size(), most_roots));
    bool seen = false;
    for (const std::string& root : roots) {
      const Checked& checked = check_root(root);
      used.insert(root);
      seen = seen || root == path || (checked.complete && checked.files.contains(path));
    }
    if (seen) continue;
    check_root(path);
    used.insert(path);
  }
  std::erase_if(checked_, [&](const auto& root) { return !used.contains(root.first); });
  for (const auto& [path, root] : checked_) {
    for (const Diagnostic& one : root.loading.diagnostics) {
      if (!one.primary.where) continue;
      const std::string& file = one.primary.where.file->name();
      if (!file.starts_with('/') && documents_.find(file) == nullptr) continue;
      auto& list = by_file_[file];
      if (std::none_of(list.begin(), list.end(), [&](const Diagnostic* other) { return same(one, *other); })) {
        list.push_back(&one);
      }
    }
  }
}

const DiagnosticFeed::Checked& DiagnosticFeed::check_root(const std::string& path) {
  const auto [place, fresh] = checked_.try_emplace(path);
  Checked& root = place->second;
  if (!fresh) return root;
  DocumentReader reader(documents_, disk_, DocumentReader::Text::Current);
  root.loading = check_file(path, reader);
  root.files = reader.asked();
  const auto& found = root.loading.diagnostics;
  root.complete = !root.loading.unreadable &&
                  std::none_of(found.begin(), found.end(), [](const Diagnostic& one) { return stops(one.code); });
  return root;
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
    if (document != nullptr) params["version"] = document->version;
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
