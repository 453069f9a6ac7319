#pragma once
// The two meanings of `$`: Kubernetes expands `$(NAME)` in commands and variables, the graph language `${scope.name}`
// everywhere. Text goes from the one to the other without a change of what a process sees.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo::deployment {

/// What stands for `$(NAME)`, already in the graph language; none: the reference stays as it is written.
using Expansion = std::function<std::optional<std::string>(std::string_view name)>;

/// Text of the graph language for a text of Kubernetes: known references are expanded, `$$` is one dollar sign.
std::string expanded(std::string_view text, const Expansion& expansion);

/// Text of the graph language for a text that nobody expands.
std::string literal(std::string_view text);

}  // namespace dynamo::deployment
