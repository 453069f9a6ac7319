#pragma once
// `dynamo import`: a DynamoGraphDeployment as a graph file.

#include "cli/report.h"

#include <string>

namespace dynamo {

struct ImportOptions {
  std::string file;  ///< `-`: standard input
  ReportOptions report;
};

ExitCode run_import(const ImportOptions& options, Environment& environment);

}  // namespace dynamo
