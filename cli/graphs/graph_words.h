#pragma once
// Values of a graph as people read them, in tables, pictures and differences alike.

#include "proto/plan.h"

#include <boost/json/value.hpp>

#include <string>

namespace dynamo {

/// A value without the quotes that JSON puts around text.
std::string value_words(const boost::json::value& value);
/// "2", "1..4", "?" where it depends on a variable.
std::string range_words(const ReplicaRange& range);
/// "×2", "×1..4"; nothing for one replica.
std::string times_words(const ReplicaRange& range);
/// "optional many Backend"; the arity `one` is not mentioned.
std::string type_words(Arity arity, const std::string& type);

}  // namespace dynamo
