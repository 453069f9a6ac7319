#pragma once
// YAML text -> SyntaxTree. Reports DG0001 to DG0007.

#include "graph_loader/yaml/syntax_tree.h"
#include "proto/diagnostic.h"

#include <cstdint>
#include <deque>
#include <optional>

namespace dynamo {

/// Reads a whole file. None when DG0001, 2, 5, 6 or 7 was reported; after DG0003 and DG0004 there still is a
/// tree (with the first of the duplicate keys found by `find`), so that imports can be loaded.
std::optional<SyntaxTree> parse_yaml(const SourceFile& file, DiagnosticSink& sink);

/// Reads a file of several documents, each as `parse_yaml` reads a file; empty ones are left out. None when DG0001, 2,
/// 6 or 7 was reported for one of them. A deque, because a vector would copy trees when it grows.
std::optional<std::deque<SyntaxTree>> parse_yaml_documents(const SourceFile& file, DiagnosticSink& sink);

/// Reads the rest of an argument, from `begin`, as one YAML flow value (`SLOT.KEY=VALUE`). None if it is
/// none; nothing is reported. Spans point into the argument.
std::optional<SyntaxTree> parse_yaml_value(const SourceFile& argument, std::uint32_t begin);

}  // namespace dynamo
