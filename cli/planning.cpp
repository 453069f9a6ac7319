#include "cli/planning.h"

#include "cli/host_facts.h"

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

bool is_about_gpus(const Diagnostic& diagnostic) {
  return diagnostic.code == codes::too_few_gpus || diagnostic.code == codes::gpu_id;
}

/// Whether nothing is wrong with the file itself: without a look at the host's GPUs all is well.
bool lacks_only_host(const Planning& planning, LoadRequest question, FileReader& files) {
  const auto& list = planning.diagnostics;
  if (list.empty() || !std::all_of(list.begin(), list.end(), is_about_gpus)) return false;
  question.gpus.reset();
  const Loading again = validate(question, files);
  return !again.usage && !again.unreadable && again.count(Severity::Error) == 0;
}

}  // namespace

std::variant<Plan, ExitCode> make_plan(const PlanningOptions& options, const Environment& environment) {
  auto request = load_request(options.load, environment);
  if (const auto* code = std::get_if<ExitCode>(&request)) return *code;
  auto& question = std::get<LoadRequest>(request);
  question.entry_port = options.entry_port;
  GpuPool pool;
  if (!question.gpus) {
    pool = host_gpus(environment);
    question.gpus = pool.ids;
  }
  Planning planning = plan(question, *environment.files);
  if (!pool.remark.empty()) {
    for (Diagnostic& diagnostic : planning.diagnostics) {
      if (is_about_gpus(diagnostic)) diagnostic.helps.push_back(pool.remark);
    }
  }
  if (const auto end = report(planning, options.load.report, environment)) {
    const bool host = options.starting && lacks_only_host(planning, question, *environment.files);
    return host ? ExitCode::NotReady : *end;
  }
  if (!planning.plan) return fail(environment, ExitCode::CouldNot, "the loader gave no plan and no reason (a bug)");
  return std::move(*planning.plan);
}

}  // namespace dynamo
