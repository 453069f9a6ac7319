#pragma once
// Text that cannot be finished before the run: a command word or a variable's value whose ports,
// sockets and client addresses are chosen when the graph starts. The loader resolves everything it
// can (params, graph, env, the replica's number and GPUs); what is left are references to `self` and
// `clients`, which the orchestrator fills in.

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "proto/words.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// What stands behind the name of a reference: nothing, `:-text` or `:?text`.
enum class Fallback { None, Default, Error };
DYNAMO_WORDS(Fallback, "none", "default", "error");

/// A reference that only a run can answer, such as ${self.port.chat} or ${clients.router:-none}.
struct RunReference {
  std::string name;  ///< scope and path: "self.port.chat", "self.run_dir", "clients.workers.generate"
  Fallback fallback = Fallback::None;
  std::string text;  ///< of the fallback
  friend bool operator==(const RunReference&, const RunReference&) = default;
};
BOOST_DESCRIBE_STRUCT(RunReference, (), (name, fallback, text))

struct TemplatePart {
  std::string text;                       ///< literal text, or the reference as it was written
  std::optional<RunReference> reference;  ///< set: `text` is only for display
  friend bool operator==(const TemplatePart&, const TemplatePart&) = default;
};
BOOST_DESCRIBE_STRUCT(TemplatePart, (), (text, reference))

struct Template {
  std::vector<TemplatePart> parts;

  Template() = default;
  explicit Template(std::string literal);

  /// With the references as they were written.
  [[nodiscard]] std::string as_written() const;
  [[nodiscard]] bool is_literal() const;
  /// With each reference replaced by what `value_of(name)` gives (an empty string counts as unset, so that a
  /// fallback applies). When a `:?text` reference is unset, `error` receives its text, the first one wins.
  [[nodiscard]] std::string fill(const std::function<std::string(std::string_view name)>& value_of,
                                 std::optional<std::string>& error) const;
  friend bool operator==(const Template&, const Template&) = default;
};
BOOST_DESCRIBE_STRUCT(Template, (), (parts))

}  // namespace dynamo
