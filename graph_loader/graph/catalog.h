#pragma once
// The types of a Spec: interfaces with their inherited endpoints, components with everything they inherit,
// and which fits which. Reports DG02xx and DG03xx of interfaces and components. What could not be resolved is
// `bad` and not checked further, so that one mistake is told once.

#include "graph_loader/graph/inheritance.h"
#include "graph_loader/graph/names.h"
#include "graph_loader/spec/spec.h"
#include "proto/diagnostic.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct Interface {
  const InterfaceDefinition* definition = nullptr;
  bool bad = false;
  std::vector<std::size_t> parents;
  std::size_t depth = 0;                     ///< of the longest chain above it
  std::vector<InterfaceEndpoint> endpoints;  ///< inherited first
};

struct Implemented {
  Name item;  ///< in `implements`
  std::size_t interface = 0;
  bool own = false;  ///< listed by this component, not inherited
};

struct Client {
  ClientDefinition definition;
  TypeRef type;  ///< none: unreadable or unresolved, counts as declared, of any type
  const FileScope* scope = nullptr;
  [[nodiscard]] bool required() const { return definition.arity == Arity::One || definition.arity == Arity::Many; }
  [[nodiscard]] bool many() const { return definition.arity == Arity::Many || definition.arity == Arity::OptionalMany; }
  [[nodiscard]] bool waits() const { return required() && definition.wait.value_or(true); }
  [[nodiscard]] OnRestart on_restart() const {
    return definition.on_restart ? definition.on_restart->value : OnRestart::Notify;
  }
};

struct Component {
  const ComponentDefinition* definition = nullptr;
  bool bad = false;
  std::optional<std::size_t> parent;  ///< what it extends
  std::size_t depth = 0;              ///< how many components it extends, one through the other
  std::vector<Implemented> implements;
  RuntimeKind runtime = RuntimeKind::Process;
  const std::vector<Text>* command = nullptr;
  bool command_unread = false;  ///< it has one that could not be read, or inherits one
  const FileScope* command_scope = nullptr;
  const Text* cwd = nullptr;
  const FileScope* cwd_scope = nullptr;
  std::vector<ParamDefinition> params;
  std::vector<Client> clients;
  std::vector<std::string> missing_endpoints;  ///< promised by an interface (DG0301)
  std::vector<EndpointDefinition> endpoints;   ///< with the signature and protocol that are in force
  RunDefinition run;

  [[nodiscard]] bool has_http_endpoint() const;
  /// The dynamo runtime gives a worker (no http endpoint) a port named `system`.
  [[nodiscard]] bool has_system_port() const { return runtime == RuntimeKind::Dynamo && !has_http_endpoint(); }
  /// An endpoint with a port, an entry of `ports`, or `system`.
  /// An endpoint that it promises and does not have, which was told.
  [[nodiscard]] bool lacks(std::string_view endpoint) const;
  [[nodiscard]] bool has_port(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> port_names() const;
};

Protocol protocol_of(const EndpointDefinition& endpoint, RuntimeKind runtime);
Listen listen_of(const EndpointDefinition& endpoint);
bool has_port(const EndpointDefinition& endpoint, RuntimeKind runtime);

class Catalog {
 public:
  /// Resolves and checks all types of `spec`.
  Catalog(const Spec& spec, Names& names, DiagnosticSink& sink);

  [[nodiscard]] const Interface& interface(std::size_t index) const { return interfaces_[index]; }
  [[nodiscard]] const Component& component(std::size_t index) const { return components_[index]; }
  [[nodiscard]] std::size_t component_count() const { return components_.size(); }

  /// The component and what it extends, one through the other, nearest first.
  [[nodiscard]] std::vector<std::size_t> chain_of(std::size_t component) const;

  /// Is a component of this type?
  [[nodiscard]] bool conforms(std::size_t component, const TypeRef& type) const;
  /// Does whatever is of type `narrow` also fit where `wide` is wanted?
  [[nodiscard]] bool conforms(const TypeRef& narrow, const TypeRef& wide) const;
  /// The type itself and every other that whatever is of it conforms to, `Any` aside.
  [[nodiscard]] std::vector<TypeRef> conforms_to(const TypeRef& type) const;
  [[nodiscard]] bool is_bad(const TypeRef& type) const;
  /// The endpoints that a client of this type sees; for `Any` the single entry `*`.
  [[nodiscard]] std::vector<std::string> endpoints_of(const TypeRef& type) const;
  [[nodiscard]] std::string name_of(const TypeRef& type) const;
  /// "`Backend` and `KvBackend`": what a component implements, for messages.
  [[nodiscard]] std::string implemented_words(std::size_t component) const;
  /// Components that fit a type, in order of definition.
  /// False once there were so many mistakes that `fitting` gives up.
  [[nodiscard]] bool looks_for_hints() const { return sink_.afford_hint(0); }
  /// Whether one could not be resolved: it may be of any type.
  [[nodiscard]] bool has_bad_components() const {
    return std::any_of(components_.begin(), components_.end(), [](const Component& one) { return one.bad; });
  }
  [[nodiscard]] std::vector<std::string_view> fitting(const TypeRef& type) const;

 private:
  void resolve_interfaces();
  void inherit(Interface& interface, std::size_t parent, const Name& item);
  void resolve_components();
  void resolve(std::size_t index, std::optional<std::size_t> parent);
  /// `parent` null: they are its own.
  void merge_interface_endpoints(Interface& target, const std::vector<InterfaceEndpoint>& endpoints,
                                 const Name* parent);
  void inherit(Component& component, std::size_t parent_index);
  void add_own(Component& component);
  [[nodiscard]] const FileScope* folder_of(const Text& text, const ComponentDefinition& definition) const;
  void apply_interfaces(std::size_t index);
  void check_names(const Component& component);
  void report_like_system(const Component& component);
  void check_exclusive(const Component& component);
  void check_probes(const Component& component);
  [[nodiscard]] bool interface_extends(std::size_t narrow, std::size_t wide) const;

  const Spec& spec_;
  Names& names_;
  DiagnosticSink& sink_;
  InheritedEntries inherited_;
  std::vector<Interface> interfaces_;
  std::vector<Component> components_;
};

/// A probe names a port that the component lacks (DG0201), or needs an http endpoint (DG0104). Also used for
/// probes of bindings.
void check_probe(const ProbeDefinition& probe, const Component& component, DiagnosticSink& sink);

}  // namespace dynamo
