#pragma once
// The grammar as a JSON Schema (draft 2020-12), for editors and other programs. Made from the tables of grammar.h; it
// holds what those say: keys, kinds of values, words, limits, patterns. What depends on other definitions (names,
// types, wiring) only the loader can check.

#include <boost/json/object.hpp>

namespace dynamo {

enum class SchemaOf {
  GraphFile,
  Overlay,  ///< nothing is required, and an empty value deletes its key
};

boost::json::object json_schema(SchemaOf what);

}  // namespace dynamo
