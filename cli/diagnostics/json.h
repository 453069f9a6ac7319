#pragma once
// `--format json`: always one object, with the keys of the language reference in their order.

#include "proto/diagnostic.h"

#include <boost/json/object.hpp>

#include <vector>

namespace dynamo {

/// `valid` is true exactly when the command's exit code is 0.
boost::json::object diagnostics_json(const std::vector<Diagnostic>& diagnostics, bool valid);

}  // namespace dynamo
