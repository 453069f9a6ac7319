#pragma once
// `--format sarif`: SARIF 2.1.0, the form that code scanning services and editors read. One document with one run;
// its rules are the codes that are reported, each with its page of docs/diagnostics as help.

#include "cli/exit_code.h"
#include "proto/diagnostic.h"

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dynamo {

/// What the document says about the command itself.
struct SarifRun {
  ExitCode exit_code = ExitCode::Good;
  std::optional<std::string> failure;  ///< why nothing was checked: wrong usage, an unreadable file
  std::size_t hidden = 0;              ///< how many diagnostics `--max-errors` leaves out
};

boost::json::object diagnostics_sarif(const std::vector<Diagnostic>& diagnostics, const SarifRun& run);

}  // namespace dynamo
