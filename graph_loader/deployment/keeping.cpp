#include "graph_loader/deployment/keeping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dynamo::deployment {

namespace manifest_keys {
namespace {

constexpr auto document_list = std::to_array<std::string_view>({"apiVersion", "kind", "metadata", "spec", "status"});
constexpr auto metadata_list =
    std::to_array<std::string_view>({"name", "namespace", "labels", "annotations", "generateName", "finalizers",
                                     "ownerReferences", "uid", "resourceVersion", "generation", "creationTimestamp",
                                     "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"});
constexpr auto alpha_spec_list =
    std::to_array<std::string_view>({"services", "pvcs", "envs", "backendFramework", "restart", "topologyConstraint",
                                     "annotations", "labels", "priorityClassName", "experimental"});
constexpr auto beta_spec_list =
    std::to_array<std::string_view>({"components", "env", "backendFramework", "restart", "topologyConstraint",
                                     "annotations", "labels", "priorityClassName", "providerOverride", "experimental"});
constexpr auto alpha_component_list = std::to_array<std::string_view>({"annotations",
                                                                       "labels",
                                                                       "serviceName",
                                                                       "componentType",
                                                                       "subComponentType",
                                                                       "dynamoNamespace",
                                                                       "globalDynamoNamespace",
                                                                       "resources",
                                                                       "autoscaling",
                                                                       "envs",
                                                                       "envFromSecret",
                                                                       "pvc",
                                                                       "volumeMounts",
                                                                       "ingress",
                                                                       "modelRef",
                                                                       "sharedMemory",
                                                                       "extraPodMetadata",
                                                                       "extraPodSpec",
                                                                       "livenessProbe",
                                                                       "readinessProbe",
                                                                       "replicas",
                                                                       "minAvailable",
                                                                       "multinode",
                                                                       "scalingAdapter",
                                                                       "eppConfig",
                                                                       "frontendSidecar",
                                                                       "checkpoint",
                                                                       "gpuMemoryService",
                                                                       "failover",
                                                                       "topologyConstraint",
                                                                       "runtimeVersionOverride"});
constexpr auto beta_component_list = std::to_array<std::string_view>(
    {"name", "type", "replicas", "podTemplate", "minAvailable", "multinode", "sharedMemorySize", "modelRef",
     "scalingAdapter", "eppConfig", "frontendSidecar", "compilationCache", "topologyConstraint",
     "runtimeVersionOverride", "globalDynamoNamespace", "experimental", "providerOverride"});
constexpr auto pod_template_list = std::to_array<std::string_view>({"metadata", "spec"});
constexpr auto pod_list = std::to_array<std::string_view>({"mainContainer",
                                                           "containers",
                                                           "initContainers",
                                                           "ephemeralContainers",
                                                           "volumes",
                                                           "nodeSelector",
                                                           "nodeName",
                                                           "affinity",
                                                           "tolerations",
                                                           "topologySpreadConstraints",
                                                           "serviceAccountName",
                                                           "serviceAccount",
                                                           "automountServiceAccountToken",
                                                           "imagePullSecrets",
                                                           "restartPolicy",
                                                           "terminationGracePeriodSeconds",
                                                           "activeDeadlineSeconds",
                                                           "securityContext",
                                                           "hostNetwork",
                                                           "hostPID",
                                                           "hostIPC",
                                                           "hostUsers",
                                                           "hostname",
                                                           "hostAliases",
                                                           "subdomain",
                                                           "setHostnameAsFQDN",
                                                           "shareProcessNamespace",
                                                           "dnsPolicy",
                                                           "dnsConfig",
                                                           "schedulerName",
                                                           "schedulingGates",
                                                           "priority",
                                                           "priorityClassName",
                                                           "preemptionPolicy",
                                                           "runtimeClassName",
                                                           "readinessGates",
                                                           "enableServiceLinks",
                                                           "overhead",
                                                           "os",
                                                           "resourceClaims",
                                                           "resources"});
constexpr auto container_list = std::to_array<std::string_view>({"name",
                                                                 "image",
                                                                 "imagePullPolicy",
                                                                 "command",
                                                                 "args",
                                                                 "workingDir",
                                                                 "env",
                                                                 "envFrom",
                                                                 "ports",
                                                                 "resources",
                                                                 "resizePolicy",
                                                                 "restartPolicy",
                                                                 "volumeMounts",
                                                                 "volumeDevices",
                                                                 "livenessProbe",
                                                                 "readinessProbe",
                                                                 "startupProbe",
                                                                 "lifecycle",
                                                                 "terminationMessagePath",
                                                                 "terminationMessagePolicy",
                                                                 "securityContext",
                                                                 "stdin",
                                                                 "stdinOnce",
                                                                 "tty"});
constexpr auto probe_list = std::to_array<std::string_view>(
    {"httpGet", "tcpSocket", "exec", "grpc", "initialDelaySeconds", "timeoutSeconds", "periodSeconds",
     "successThreshold", "failureThreshold", "terminationGracePeriodSeconds"});
constexpr auto variable_list = std::to_array<std::string_view>({"name", "value", "valueFrom"});
constexpr auto resources_list = std::to_array<std::string_view>({"limits", "requests", "claims"});

}  // namespace

const Keys document = document_list;
const Keys metadata = metadata_list;
const Keys alpha_spec = alpha_spec_list;
const Keys beta_spec = beta_spec_list;
const Keys alpha_component = alpha_component_list;
const Keys beta_component = beta_component_list;
const Keys pod_template = pod_template_list;
const Keys pod = pod_list;
const Keys container = container_list;
const Keys probe = probe_list;
const Keys variable = variable_list;
const Keys resources = resources_list;

}  // namespace manifest_keys

namespace {

/// What the reader should do, or know, for keys where it is not plain.
constexpr auto reasons = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"image", "the programs of this machine are run"},
    {"workingDir", "processes run in the folder of the graph file; `cwd` of a component names another one"},
    {"volumeMounts", "processes see the files of this machine: look at the paths in commands and variables"},
    {"pvc", "processes see the files of this machine: look at the paths in commands and variables"},
    {"sharedMemory", "processes use `/dev/shm` of this machine"},
    {"sharedMemorySize", "processes use `/dev/shm` of this machine"},
    {"multinode", "all runs on one machine, with the GPUs of one node"},
    {"autoscaling", "`replicas` of a graph may be a range such as `1..4`"},
    {"lifecycle", "`stop` of a component has a signal and a grace"},
    {"ingress", "`dynamo serve --host` and `--port` say where the entry listens"},
});

std::string_view reason_of(std::string_view key) {
  const auto* found = std::find_if(reasons.begin(), reasons.end(), [&](const auto& one) { return one.first == key; });
  return found == reasons.end() ? std::string_view() : found->second;
}

}  // namespace

void Keeper::keep(Value& kept, const Entry& entry, std::string_view owner, Keys known) {
  const std::string_view key = entry.key->text;
  kept.add(std::string(key), value_of(*entry.value));
  if (std::find(known.begin(), known.end(), key) != known.end()) {
    tell(entry.key->where, fmt::format("`{}` of {}", key, owner), reason_of(key));
    return;
  }
  auto diagnostic = report(sink_, codes::unknown_cluster_key, entry.key->where,
                           fmt::format("{} has no key `{}` in a DynamoGraphDeployment", owner, key));
  const auto guess = suggest(diagnostic, key, {known.begin(), known.end()});
  if (!guess) diagnostic.label("kept under `x-kubernetes`");
}

void Keeper::tell(Span where, std::string_view what, std::string_view why) {
  auto diagnostic =
      report(sink_, codes::kept_for_cluster, where, fmt::format("{} has no equivalent on one machine", what));
  diagnostic.label("kept under `x-kubernetes`");
  if (!why.empty()) diagnostic.note(std::string(why));
}

}  // namespace dynamo::deployment
