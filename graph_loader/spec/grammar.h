#pragma once
// The grammar of the language as data: which keys every mapping has, in which order, what their values look
// like, and a line about each. The reader takes its keys, words and limits from here, and so do overrides, the JSON
// Schema, `graph fmt`, the language server, completion and the manual page: none of them can differ from it.
//
// To add a key: one line here, its field in spec.h, its reading in spec_reader.cpp or run_reader.cpp.

#include <cstddef>
#include <span>
#include <string_view>

namespace dynamo::grammar {

/// What a single value is. Each has one rule in the reader and one pattern in the JSON Schema.
enum class Leaf {
  Version,    ///< `dynamo/v1`
  Doc,        ///< prose; references in it are ignored
  Text,       ///< text that may hold references
  PlainText,  ///< text without references
  Path,       ///< of an imported file
  Name,       ///< NAME
  Word,       ///< one of `words`
  Boolean,
  True,        ///< `true` and nothing else
  Integer,     ///< from `min` to `max`
  Port,        ///< a number from `min` to `max`, or `auto`
  Replicas,    ///< `2` or `1..4`
  Cpus,        ///< a number above 0
  Memory,      ///< `32Gi`
  CountLimit,  ///< `65536`, or `unlimited`
  ByteLimit,   ///< `0`, `8Mi`, or `unlimited`
  Duration,    ///< `30s`
  Regex,       ///< an RE2 expression
  Variable,    ///< the text of an environment variable; numbers are taken as written
  Signature,   ///< `Request -> stream Reply`
  ClientType,  ///< `optional many Backend`
  Slot,        ///< `optional Router = KvRouter`
  ParamType,   ///< `int = 1`
  ParamValue,  ///< whatever the type of the param takes
  Interface,   ///< the name of an interface
  Component,   ///< the name of a component
  Bound,       ///< a component, or `none`
  Spec,        ///< the name of a spec
  Graph,       ///< the name of a graph
  SlotName,    ///< the name of a slot of the spec
  PortName,    ///< the name of an endpoint or port of the component
  WireTarget,  ///< a slot, `none` or a URL
};

/// How the keys of a mapping look that the user names.
enum class KeyForm { Name, Variable, Wire };

struct Mapping;

struct Value {
  enum class Kind { Leaf, List, Mapping, Table, OneOf };
  Kind kind = Kind::Leaf;
  Leaf leaf = Leaf::Text;
  bool references = false;                       ///< Leaf: a text with `${...}` may stand here
  std::span<const std::string_view> words = {};  ///< Leaf::Word, Leaf::Version
  long long min = 0;                             ///< Leaf::Integer, Leaf::Port
  long long max = 0;
  const Value* item = nullptr;          ///< of a List or a Table
  std::size_t least = 0;                ///< items of a List
  KeyForm key_form = KeyForm::Name;     ///< of a Table
  const Mapping* mapping = nullptr;     ///< closed: only the keys of `mapping`
  bool may_be_empty = false;            ///< Mapping, Table: an empty value is an empty mapping
  std::span<const Value> choices = {};  ///< of OneOf
};

struct Key {
  std::string_view name;
  Value value;
  std::string_view doc;  ///< one line, for people who do not know the key
};

/// What a mapping demands of its keys beside their values.
struct Rule {
  enum class Kind { AllOf, AtLeastOne, AtMostOne, ExactlyOne };
  Kind kind = Kind::AllOf;
  std::span<const std::string_view> keys = {};
};

/// A closed mapping. Keys that begin with `x-` are ignored in every one of them.
struct Mapping {
  std::string_view id;     ///< a word for programs: "component"
  std::string_view title;  ///< as in messages: "a component"
  std::span<const Key> keys;
  std::span<const Rule> rules = {};
  std::string_view shorthand = {};  ///< the key that a bare value stands for: `http: /x` is `http: {path: /x}`
  std::span<const std::string_view> fixed = {};  ///< keys of what it tunes that it must not set (DG0411)

  /// The key of that name; nullptr if there is none.
  [[nodiscard]] const Key* find(std::string_view name) const;
  [[nodiscard]] bool is_fixed(std::string_view key) const;
};

inline constexpr long long no_limit = 1'000'000'000;

extern const Mapping file;
extern const Mapping overlay;  ///< a file for `-f`
extern const Mapping import;
extern const Mapping interface;
extern const Mapping interface_endpoint;
extern const Mapping component;
extern const Mapping endpoint;
extern const Mapping client;
extern const Mapping resources;
extern const Mapping ulimits;
extern const Mapping ready;
extern const Mapping live;
extern const Mapping tuned_live;  ///< of a binding: the probe may be that of the component
extern const Mapping http_probe;
extern const Mapping grpc_probe;
extern const Mapping restart;
extern const Mapping stop;
extern const Mapping spec;
extern const Mapping graph;
extern const Mapping binding;
extern const Mapping sidecar;
extern const Mapping binding_endpoint;

/// All of them, `file` first.
std::span<const Mapping* const> mappings();

/// True if some mapping has this key: a known word in the wrong place is told apart from a misspelled one.
bool is_key(std::string_view word);

/// The mapping, or table, among what a value may be; nullptr if it can be neither.
const Value* as_mapping(const Value& value);

}  // namespace dynamo::grammar
