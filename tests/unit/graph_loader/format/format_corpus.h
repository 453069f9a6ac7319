#pragma once
// Texts for the tests of the formatter.

#include <cstddef>
#include <string>
#include <vector>

namespace dynamo {

/// Texts that together hold every feature of YAML that the language allows, in many places.
const std::vector<std::string>& yaml_features();

/// Those, and every graph file below the root of the repository.
std::vector<std::string> all_graph_files();

/// Formats the text and its result; what went wrong, or nothing. Counts the texts that can be formatted: those that
/// cannot be read as YAML are good, too.
std::string try_formatting(const std::string& text, std::size_t* formatted = nullptr);

}  // namespace dynamo
