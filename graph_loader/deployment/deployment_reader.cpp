#include "graph_loader/deployment/deployment_reader.h"

#include "graph_loader/deployment/component_reader.h"
#include "graph_loader/deployment/container_reader.h"
#include "graph_loader/deployment/manifest_shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace dynamo::deployment {
namespace {

/// Written by the cluster, not by whoever asked for the deployment.
constexpr auto records =
    std::to_array<std::string_view>({"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
                                     "deletionGracePeriodSeconds", "managedFields", "selfLink", "ownerReferences"});
constexpr std::string_view last_applied = "kubectl.kubernetes.io/last-applied-configuration";

bool is_record(std::string_view key) { return std::find(records.begin(), records.end(), key) != records.end(); }

class DeploymentReader {
 public:
  explicit DeploymentReader(DiagnosticSink& sink) : shape_(sink) {}

  Deployment read(const Manifest& manifest) {
    deployment_.version = manifest.version;
    deployment_.name.where = manifest.node->find("kind")->key->where;
    deployment_.kept.add("apiVersion", text_value(std::string(word(manifest.version))));
    bool has_spec = false;
    bool has_metadata = false;
    for (const Entry& entry : manifest.node->entries) {
      const std::string_view key = entry.key->text;
      if (key == "metadata") {
        has_metadata = true;
        read_metadata(entry);
      } else if (key == "spec") {
        has_spec = true;
        read_spec(entry);
      } else if (key == "status") {
        left_out(entry.key->where, "`status`");
      } else if (key != "apiVersion" && key != "kind") {
        shape_.keeper().keep(deployment_.kept, entry, "the document", manifest_keys::document);
      }
    }
    if (deployment_.name.value.empty()) {
      const Entry* metadata = has_metadata ? manifest.node->find("metadata") : nullptr;
      report(shape_.sink(), codes::missing_key, metadata != nullptr ? metadata->key->where : deployment_.name.where,
             "a `DynamoGraphDeployment` needs a name")
          .help("write `metadata: {name: my-graph}`");
    }
    if (!has_spec) {
      report(shape_.sink(), codes::missing_key, deployment_.name.where, "a `DynamoGraphDeployment` needs a `spec`")
          .emit();
    }
    return std::move(deployment_);
  }

 private:
  void left_out(Span where, std::string_view what) {
    report(shape_.sink(), codes::cluster_record, where, fmt::format("{} is a record of the cluster", what))
        .label("left out");
  }

  void read_metadata(const Entry& metadata) {
    Value kept;
    std::vector<std::string> found;
    Span first;
    for (const Entry& entry : shape_.entries(*metadata.value, "`metadata`")) {
      const std::string_view key = entry.key->text;
      if (key == "name" || (key == "generateName" && deployment_.name.value.empty())) {
        if (auto name = shape_.text(*entry.value, fmt::format("`{}`", key))) deployment_.name = std::move(*name);
        while (key == "generateName" && deployment_.name.value.ends_with('-')) deployment_.name.value.pop_back();
      } else if (is_record(key)) {
        if (!first) first = entry.key->where;
        found.push_back(fmt::format("`{}`", key));
      } else if (key == "annotations") {
        read_annotations(entry, kept);
      } else {
        shape_.keeper().keep(kept, entry, "the deployment", manifest_keys::metadata);
      }
    }
    if (found.size() == 1) left_out(first, found.front());
    if (found.size() > 1) {
      report(shape_.sink(), codes::cluster_record, first,
             fmt::format("{} are records of the cluster", fmt::join(found, ", ")))
          .label("left out");
    }
    deployment_.kept.add_if_any("metadata", std::move(kept));
  }

  void read_annotations(const Entry& annotations, Value& kept) {
    Node others = *annotations.value;
    std::erase_if(others.entries, [&](const Entry& entry) {
      if (entry.key->text != last_applied) return false;
      left_out(entry.key->where, fmt::format("`{}`", last_applied));
      return true;
    });
    if (others.is_mapping() && others.entries.empty()) return;
    shape_.keeper().keep(kept, {annotations.key, &others}, "the deployment", manifest_keys::metadata);
  }

  void read_spec(const Entry& spec) {
    const bool alpha = deployment_.version == ApiVersion::Alpha;
    const Entry* components = nullptr;
    for (const Entry& entry : shape_.entries(*spec.value, "`spec`")) {
      const std::string_view key = entry.key->text;
      if (key == (alpha ? "services" : "components")) {
        components = &entry;
      } else if (key == (alpha ? "envs" : "env")) {
        deployment_.env = read_variables(entry, deployment_.kept, "the graph", shape_);
      } else {
        shape_.keeper().keep(deployment_.kept, entry, "the graph",
                             alpha ? manifest_keys::alpha_spec : manifest_keys::beta_spec);
      }
    }
    if (components == nullptr) return;
    if (alpha) {
      for (const Entry& service : shape_.entries(*components->value, "`services`")) {
        deployment_.components.push_back(read_alpha_component(service, shape_));
      }
    } else {
      for (const Node* item : shape_.items(*components->value, "`components`")) {
        if (auto component = read_beta_component(*item, shape_))
          deployment_.components.push_back(std::move(*component));
      }
      report_repeated();
    }
  }

  /// Names of components are compared without case, as their resources have lower-case names.
  void report_repeated() {
    const auto lower = [](std::string text) {
      for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
      return text;
    };
    const auto& all = deployment_.components;
    for (auto later = all.begin(); later != all.end(); ++later) {
      const auto same = std::find_if(all.begin(), later, [&](const DeployedComponent& one) {
        return lower(one.name.value) == lower(later->name.value);
      });
      if (same == later) continue;
      report(shape_.sink(), codes::defined_twice, later->name.where,
             fmt::format("component `{}` is defined twice", later->name.value))
          .also(same->name.where, "first defined here");
    }
  }

  ManifestShape shape_;
  Deployment deployment_;
};

}  // namespace

Deployment read_deployment(const Manifest& manifest, DiagnosticSink& sink) {
  return DeploymentReader(sink).read(manifest);
}

}  // namespace dynamo::deployment
