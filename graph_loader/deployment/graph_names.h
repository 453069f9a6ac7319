#pragma once
// Names of the graph language for names of a cluster. Pure.

#include <set>
#include <string>
#include <string_view>

namespace dynamo::deployment {

/// The name itself where the graph language can have it, else the nearest that it can: other characters become `-`,
/// and `prefix` goes in front of what does not begin with a letter.
std::string graph_name(std::string_view name, std::string_view prefix);

/// `vllm-disagg` -> `VllmDisagg`, as components and specs are written.
std::string camel_case(std::string_view name);
/// `VllmWorker` -> `vllmWorker`, as slots are written.
std::string lower_first(std::string_view name);

/// The name, or the first of `name-2`, `name-3`, ... that is not taken yet; it is taken then.
std::string unique_name(const std::string& name, std::set<std::string>& taken);

}  // namespace dynamo::deployment
