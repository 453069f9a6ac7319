#pragma once
// Value -> YAML text that a person will keep and edit: what is short stands on one line, what is long is spread.

#include "graph_loader/deployment/value.h"

#include <cstddef>
#include <string>

namespace dynamo::deployment {

/// The columns of a line, where it can be helped.
inline constexpr std::size_t line_width = 110;

/// The entries of a mapping, one below the other, each line behind `indent` blanks.
std::string yaml_text(const Value& mapping, std::size_t indent = 0);

}  // namespace dynamo::deployment
