#pragma once
// Variables of a container -> `env`, and what `$(NAME)` means in it.

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/keeping.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::deployment {

/// Variables by name, in the text of the graph language.
class VariableTexts {
 public:
  /// Adds a variable; its value sees those before it, as in Kubernetes. One that the cluster has is the caller's:
  /// `${env.NAME}`.
  void add(const Variable& variable);
  /// Something that the operator sets and dynamo knows, too.
  void add_known(const std::string& name, std::string text);

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  /// A text of Kubernetes with its references expanded.
  [[nodiscard]] std::string expand(std::string_view text) const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

/// Whether a variable is one that dynamo gives out itself. It is kept then, and told.
bool keep_if_owned(const Variable& variable, bool dynamo, Value& kept, const std::string& owner, Keeper& keeper);

/// `env`: the variables with a value that are not owned by dynamo; the last of several with one name counts.
Value import_env(const std::vector<Variable>& variables, const VariableTexts& texts, bool dynamo, Value& kept,
                 const std::string& owner, Keeper& keeper);

}  // namespace dynamo::deployment
