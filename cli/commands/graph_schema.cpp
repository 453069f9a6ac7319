#include "cli/commands/graph_schema.h"

#include "cli/text/json_text.h"
#include "graph_loader/json_schema.h"

namespace dynamo {

ExitCode run_schema(const SchemaOptions& options, Environment& environment) {
  environment.print(json_text(json_schema(options.overlay ? SchemaOf::Overlay : SchemaOf::GraphFile)));
  return ExitCode::Good;
}

}  // namespace dynamo
