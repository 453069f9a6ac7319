#pragma once
// What people write who know how other tools have it: Compose files, Kubernetes manifests, systemd units, shells. Each
// function tells what that is in the graph language, for the hint of a diagnostic; none if it cannot tell.

#include "graph_loader/spec/grammar.h"
#include "graph_loader/yaml/syntax_tree.h"
#include "proto/diagnostic.h"

#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

/// What a key of another tool is called in a mapping of ours.
struct MeantKey {
  std::string_view key;     ///< the same thing under another name; empty: there is none
  std::string_view advice;  ///< a sentence for people
};
std::optional<MeantKey> meant_key(const grammar::Mapping& mapping, std::string_view key);

/// Where a key belongs that stands in a mapping which does not have it: "under `resources`: `resources: {gpus: ...}`".
std::optional<std::string> right_place(const grammar::Mapping& mapping, std::string_view key);

/// A definition that has the keys of another kind, and not what its own kind must have: `bind` in a spec.
struct KindByKeys {
  const grammar::Mapping* mapping = nullptr;  ///< what it is
  std::string_view section;                   ///< where such definitions stand
  const Node* key = nullptr;                  ///< the first key that tells
};
std::optional<KindByKeys> kind_by_keys(const Node& node, const grammar::Mapping& mapping);

/// One word in the place of a whole definition: `agg: LLMAgg` is `agg: {spec: LLMAgg}`.
std::optional<std::string> mapping_with(const grammar::Mapping& mapping, const Node& value);

/// A word of another tool in the place of one of ours: `unless-stopped` is `always`, `TERM` is `SIGTERM`.
std::optional<std::string_view> meant_word(std::string_view word);

/// Text that cannot be meant as several words, or as something that a shell would read.
bool is_one_word(std::string_view text);

/// A command line as an argument list: `python3 -m llm` is `[python3, -m, llm]`, and what only a shell can read is
/// `[sh, -c, ...]`.
std::optional<std::string> argument_list(std::string_view line);

/// `- NAME=value` as `NAME: value`.
std::optional<Fix> variables_as_mapping(const Node& list);
/// `- {name: NAME, value: text}` as `{NAME: text}`.
std::optional<std::string> named_values_as_mapping(const Node& list);

/// `[Backend, optional Router]` as `{backend: Backend, router: optional Router}`.
std::optional<std::string> clients_as_mapping(const Node& list);

/// The default of a param without its type: `1` as `int = 1`.
std::optional<std::string> typed_default(const Node& value);

/// `{type: Backend, default: Vllm, optional: true}` as `optional Backend = Vllm`, the compact form of slots and params.
std::optional<std::string> compact_form(const Node& mapping);

}  // namespace dynamo
