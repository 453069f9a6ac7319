#pragma once
// A DynamoGraphDeployment as it was written, one form for both versions of its API: what the graph language can say
// in fields of their own, and everything else in `kept`, under the names that it has there.

#include "graph_loader/deployment/value.h"
#include "proto/source.h"
#include "proto/words.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynamo {
namespace deployment {
enum class ApiVersion { Alpha, Beta };
enum class ComponentType { None, Frontend, Worker, Prefill, Decode, Planner, Epp };
}  // namespace deployment

DYNAMO_WORDS(deployment::ApiVersion, "nvidia.com/v1alpha1", "nvidia.com/v1beta1");
DYNAMO_WORDS(deployment::ComponentType, "none", "frontend", "worker", "prefill", "decode", "planner", "epp");
}  // namespace dynamo

namespace dynamo::deployment {

struct Variable {
  Located<std::string> name;
  std::optional<std::string> value;  ///< none: it comes from the cluster
  Value written;                     ///< the whole entry
};

/// A probe whose action the graph language knows. What it cannot say of it is in `kept`.
struct DeployedProbe {
  enum class Action { Http, Tcp, Exec, None };
  Action action = Action::None;
  Span key;
  std::string name;                        ///< `readinessProbe`
  std::string path;                        ///< of Http
  std::string port;                        ///< of Http and Tcp: a number or the name of a container's port
  std::vector<std::string> command;        ///< of Exec
  std::optional<long long> initial_delay;  ///< seconds
  std::optional<long long> period;         ///< seconds
  std::optional<long long> failures;       ///< in a row
  Value action_written;                    ///< `{httpGet: {...}}`
  Value kept;                              ///< the keys that have no equivalent
};

struct ContainerPort {
  std::string name;  ///< may be empty
  long long number = 0;
};

struct DeployedContainer {
  Located<std::string> name;
  std::vector<Located<std::string>> command;
  bool command_reported = false;  ///< it is there, and unreadable
  std::vector<Located<std::string>> args;
  std::vector<Variable> env;
  bool env_from = false;  ///< it has variables whose names only the cluster knows
  std::vector<ContainerPort> ports;
  std::optional<long long> gpus;
  std::optional<std::string> cpus;  ///< in the notation of the graph language, as memory
  std::optional<std::string> memory;
  std::optional<DeployedProbe> ready;
  std::optional<DeployedProbe> live;
  std::optional<DeployedProbe> startup;
  Value written;  ///< the whole container, for one that cannot be started
  Value kept;
};

struct DeployedComponent {
  Located<std::string> name;
  ComponentType type = ComponentType::None;
  std::optional<Located<long long>> replicas;
  DeployedContainer main;
  bool unclear = false;                   ///< its type or its containers were reported: nothing follows from them
  std::vector<DeployedContainer> others;  ///< further containers of its pods
  std::optional<long long> grace;         ///< seconds
  std::optional<std::string> restart;     ///< `always`, `never`
  std::optional<Located<std::string>> dynamo_namespace;
  Value written;
  Value kept;  ///< of the component; its groups `pod` and `podMetadata` are those of the pods
};

struct Deployment {
  ApiVersion version = ApiVersion::Beta;
  Located<std::string> name;
  std::vector<Variable> env;
  std::vector<DeployedComponent> components;
  Value kept;
};

}  // namespace dynamo::deployment
