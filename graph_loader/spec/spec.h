#pragma once
// The Spec: what the files say, as written, every scalar with its place, and nothing resolved yet. There is
// no YAML in it but the nodes behind two fields that are printed as written (`ready`, `live`).
//
// spec_reader.cpp makes it from syntax trees; a later front end in another language may make it too.
// To add a key: a field here, one line in spec_reader.cpp, its merge in run_layers.cpp.

#include "graph_loader/spec/rare.h"
#include "graph_loader/spec/text.h"
#include "graph_loader/yaml/syntax_tree.h"
#include "proto/plan.h"
#include "proto/source.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {

/// One file of the input under one alias. Names used in it are looked up as `ALIAS.NAME` first.
struct FileScope {
  const SourceFile* source = nullptr;
  std::string path;       ///< as printed
  std::string directory;  ///< of the file, without a trailing slash; empty: the current one
  std::string alias;      ///< empty for the root and for plain imports
  bool root = false;
  bool overlay = false;
};

/// A name as written, with its place.
struct Name {
  std::string text;
  Span where;
};

/// A scalar that may hold references and is read as its type once they are known.
struct Field {
  Text text;
  Span where;
};

/// Keys of a mapping that are there and could not be read, misspelled or with a value of the wrong kind, by the name
/// that the grammar has for them. What they say is not known, so nobody may complain that it is missing.
class UnreadKeys {
 public:
  void insert(std::string_view key) {
    if (!contains(key)) keys_.push_back(key);
  }
  [[nodiscard]] bool contains(std::string_view key) const {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
  }

 private:
  std::vector<std::string_view> keys_;  // few, and mostly none: there may be a hundred thousand definitions
};

struct InterfaceEndpoint {
  Name name;
  std::optional<Located<std::string>> signature;
  std::optional<Located<Protocol>> protocol;
};

struct InterfaceDefinition {
  const Node* node = nullptr;  ///< the whole of it, with overlays; null if it is no mapping (so below)
  std::string name;            ///< with its alias
  Span where;
  const FileScope* scope = nullptr;
  UnreadKeys unread;
  std::vector<Name> extends;
  std::vector<InterfaceEndpoint> endpoints;
};

/// The parts of an endpoint that one component or binding sets.
struct EndpointDefinition {
  Name name;
  std::optional<Located<std::string>> signature;
  std::optional<Located<Protocol>> protocol;
  std::optional<Field> port;  ///< a number or `auto`
  Span port_key;
  std::optional<Located<std::string>> path;
  std::optional<Located<Listen>> listen;
  Span listen_key;
};

struct ClientDefinition {
  Name name;
  Span type_value;  ///< the whole compact string
  bool readable = true;
  Arity arity = Arity::One;
  Name type;
  std::optional<bool> wait;
  std::optional<Located<OnRestart>> on_restart;
};

enum class ParamType { String, Int, Number, Bool, Time, Size, Enum };
DYNAMO_WORDS(ParamType, "string", "int", "number", "bool", "duration", "size", "enum");

struct ParamDefinition {
  Name name;
  Span where;
  bool readable = true;
  ParamType type = ParamType::String;
  std::vector<std::string> choices;
  std::optional<Text> default_value;  ///< without the quotes around a whole default
};

/// A value given to a param.
struct ParamValue {
  Name name;
  const Node* node = nullptr;
  Text text;             ///< of a scalar
  bool is_text = false;  ///< given on the command line: text, whatever it looks like
};

struct VariableDefinition {
  Name name;
  Text value;
};

struct PortDefinition {
  Name name;
  Field port;
};

struct ProbeDefinition {
  ProbeKind kind = ProbeKind::Tcp;
  Span key;
  std::optional<Name> port;
  std::optional<Text> path;
  std::optional<Text> service;
  std::optional<int> status;
  std::optional<Text> pattern;
  std::vector<Text> command;
};

struct ReadyDefinition {
  std::vector<const Node*> nodes;  ///< what it was merged of, weakest first
  Span key;
  std::optional<ProbeDefinition> probe;
  std::optional<Field> timeout;
  std::optional<Field> interval;
  std::optional<int> failures;  ///< live only
};

struct GpusDefinition {
  Span where;
  bool is_list = false;
  std::vector<Field> values;  ///< one count, or the ids
};

struct UlimitDefinition {
  Name name;  ///< one of LimitKind's words
  Field value;
};

struct ResourcesDefinition {
  std::optional<GpusDefinition> gpus;
  std::optional<Field> cpus;
  std::optional<Field> memory;
  std::vector<UlimitDefinition> ulimits;
};

struct RestartDefinition {
  std::optional<RestartMode> policy;
  std::optional<int> max;
  std::optional<std::string> window, backoff, backoff_max;  ///< durations as written
};

struct StopDefinition {
  std::optional<StopSignal> signal;
  std::optional<Field> grace;
};

/// The keys that components and bindings share, as one of them sets them.
struct RunDefinition {
  std::vector<VariableDefinition> env;
  Rare<ResourcesDefinition> resources;
  std::optional<Field> replicas;
  std::vector<PortDefinition> ports;
  std::shared_ptr<const ReadyDefinition> ready;
  std::shared_ptr<const ReadyDefinition> live;
  Rare<RestartDefinition> restart;
  Rare<StopDefinition> stop;
};

struct ComponentDefinition {
  const Node* node = nullptr;
  std::string name;
  std::string simple_name;
  Span where;
  const FileScope* scope = nullptr;
  UnreadKeys unread;
  std::optional<Name> extends;
  std::vector<Name> implements;
  std::optional<RuntimeKind> runtime;
  std::optional<std::vector<Text>> command;
  bool unreadable = false;  ///< it is no mapping, or what it extends no name
  std::optional<Text> cwd;
  std::vector<ParamDefinition> params;
  std::vector<ClientDefinition> clients;
  std::vector<EndpointDefinition> endpoints;
  RunDefinition run;
};

/// `[optional] [many] Type [= Default {, Default}]`
struct SlotDefinition {
  Name name;
  Span where;
  bool readable = true;
  Arity arity = Arity::One;
  Span arity_where;  ///< of the words before the type, or the type's
  Name type;
  std::vector<Name> defaults;
  const FileScope* scope = nullptr;
};

struct WireTarget {
  enum class Kind { Slot, None, Url } kind = Kind::Slot;
  std::string text;
  Span where;
};

struct WireDefinition {
  Name key;
  std::string slot;
  std::string client;
  bool readable = true;  ///< false: what it is wired to is not known
  std::vector<WireTarget> targets;
};

struct SpecDefinition {
  const Node* node = nullptr;
  std::string name;
  Span where;
  const FileScope* scope = nullptr;
  UnreadKeys unread;
  std::optional<Name> extends;
  std::vector<ParamDefinition> params;
  std::vector<SlotDefinition> slots;
  std::vector<SlotDefinition> sidecars;
  std::optional<Name> entry;
  std::vector<WireDefinition> wires;
  bool has_slots = false;
};

/// What one binding tunes of the component that it names or finds.
struct TuneDefinition {
  const Node* node = nullptr;  ///< the mapping; null if the binding is only a name
  std::vector<ParamValue> params;
  std::vector<EndpointDefinition> endpoints;
  RunDefinition run;
  // Sidecars only:
  std::optional<Phase> start;
  std::optional<OnFailure> on_failure;
  std::optional<std::vector<std::string>> where;
};

/// One item of a binding: a component, `none`, or only tuning.
struct BindingItem {
  std::optional<Name> use;
  bool none = false;
  Span where;
  TuneDefinition tune;
};

struct BindingDefinition {
  Name slot;
  Span where;
  bool readable = true;
  bool is_list = false;
  std::vector<BindingItem> items;
  const FileScope* scope = nullptr;
  bool from_override = false;
};

struct GraphDefinition {
  const Node* node = nullptr;
  std::string name;
  std::string simple_name;
  Span where;
  const FileScope* scope = nullptr;
  std::optional<Name> spec;
  std::optional<Name> extends;
  std::optional<Name> name_space;
  std::vector<ParamValue> params;
  std::vector<BindingDefinition> bind;
  std::vector<BindingDefinition> sidecars;
  std::vector<WireDefinition> wires;
  std::vector<VariableDefinition> env;
  bool unreadable_shape = false;  ///< neither or both of `spec` and `extends`, or what it binds is not known
};

enum class NameKind { Interface, Component, Spec, Graph };
DYNAMO_WORDS(NameKind, "interface", "component", "spec", "graph");

/// "an interface".
std::string with_article(NameKind kind);

struct NamedDefinition {
  NameKind kind = NameKind::Component;
  std::size_t index = 0;  ///< in the list of its kind
  Span where;
};

/// Where a value of an overlay stands (its file and first byte), and the value that it replaced.
using Replaced = std::map<std::pair<const SourceFile*, std::uint32_t>, Span>;

/// The text under `doc` of a definition; empty if there is none.
std::string_view doc_of(const Node* definition);

/// Everything that was read, under the names that it has.
struct Spec {
  std::deque<FileScope> scopes;
  std::vector<std::string> aliases;
  std::deque<InterfaceDefinition> interfaces;
  std::deque<ComponentDefinition> components;
  std::deque<SpecDefinition> specs;
  std::deque<GraphDefinition> graphs;
  std::map<std::string, NamedDefinition, std::less<>> types;    ///< interfaces and components
  std::map<std::string, NamedDefinition, std::less<>> targets;  ///< specs and graphs
  std::deque<SyntaxTree> trees;                                 ///< own the nodes that the definitions refer to
  Replaced replaced;
  std::map<std::string, Span, std::less<>>
      deleted;  ///< names of definitions, and the keys of the overlays that deleted them

  /// The file that says what stands at `where`: a relative path is relative to its folder.
  [[nodiscard]] const FileScope& scope_of(const Span& where, const FileScope& otherwise) const;
};

}  // namespace dynamo
