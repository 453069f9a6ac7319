#include "cli/commands/serve.h"

#include "cli/runs/run_folders.h"
#include "cli/runs/serve_json_view.h"
#include "cli/runs/serve_lines.h"
#include "cli/runs/serve_view.h"
#include "orchestrator/run.h"
#include "orchestrator/upgrade.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <utility>

namespace dynamo {
namespace {

/// The words behind `dynamo serve`, for a line that can be pasted into a shell.
std::string typed_target(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) text += (text.empty() ? "" : " ") + shell_word(argument);
  return text;
}

/// Whoever read our output has gone: the run ends as if it had been asked to.
void stop_this_run() { ::kill(::getpid(), SIGTERM); }

std::vector<std::string> caller_variables(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> result;
  for (const auto& [name, value] : variables) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

/// While the run is watched over, nothing may wait for whoever reads our output.
class OutputsDoNotWait {
 public:
  explicit OutputsDoNotWait(const Environment& environment) : environment_(environment) {
    environment_.out.output->do_not_wait(room);
    environment_.err.output->do_not_wait(room);
  }
  OutputsDoNotWait(const OutputsDoNotWait&) = delete;
  OutputsDoNotWait& operator=(const OutputsDoNotWait&) = delete;
  ~OutputsDoNotWait() {
    environment_.out.output->wait_again();
    environment_.err.output->wait_again();
  }

 private:
  static constexpr std::size_t room = std::size_t{1} << 20U;
  const Environment& environment_;
};

/// Shows a run and ends with its exit code. `carry_out` is the run.
ExitCode watch(const Plan& plan, const std::filesystem::path& run_dir, const ServeOptions& options,
               const Environment& environment, const std::function<RunOutcome(RunObserver&)>& carry_out) {
  const auto carry_out_watched = [&](RunObserver& view) {
    const OutputsDoNotWait patience(environment);
    return carry_out(view);
  };
  if (options.log_format == LogFormat::Json) {
    ServeJsonView view(environment, stop_this_run);
    const RunOutcome outcome = carry_out_watched(view);
    view.outcome(outcome, static_cast<int>(exit_code_of(outcome)));
    return exit_code_of(outcome);
  }
  ServeView view(plan, environment,
                 {.quiet = options.quiet, .verbose = options.verbose, .run_dir = run_dir, .on_closed = stop_this_run});
  const RunOutcome outcome = carry_out_watched(view);
  view.finish();
  const std::string log_file = outcome.failure ? environment.short_path(outcome.failure->log_file) : std::string();
  environment.complain(failure_text(outcome, plan, typed_target(options.plan.planning.load.arguments), log_file,
                                    environment.style(environment.err)));
  return exit_code_of(outcome);
}

/// Goes on with the run of the program that this one has replaced.
ExitCode go_on(const ServeOptions& options, const Environment& environment) {
  Result<SavedRun> state = read_run_state(FileDescriptor(*environment.state_descriptor));
  if (!state) return fail(environment, ExitCode::CouldNot, state.error().message());
  if (environment.only_check_state) return ExitCode::Good;
  return watch(state->plan, state->options.run_dir, options, environment, [&](RunObserver& view) {
    if (state->unread.size() == 2) {
      environment.print(state->unread[0]);
      environment.complain(state->unread[1]);
    }
    return environment.resume(*state, view);
  });
}

}  // namespace

ExitCode exit_code_of(const RunOutcome& outcome) {
  switch (outcome.reason) {
    case EndReason::Completed:
    case EndReason::Requested: return ExitCode::Good;
    case EndReason::Signalled: return outcome.signal == SIGINT ? ExitCode::Interrupted : ExitCode::Terminated;
    case EndReason::NeverReady:
    case EndReason::NotStarted: return ExitCode::NotReady;
    case EndReason::SlotFailed: return ExitCode::SlotFailed;
  }
  return ExitCode::CouldNot;
}

ExitCode run_serve(const ServeOptions& options, Environment& environment) {
  if (environment.state_descriptor) return go_on(options, environment);
  PlanOptions asked = options.plan;
  asked.planning.load.report.quiet = options.quiet;
  asked.planning.load.report.verbose = options.verbose;
  if (options.dry_run) return run_plan(asked, environment);
  PlanningOptions planning = asked.planning;
  planning.starting = true;
  const auto made = make_plan(planning, environment);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  const Plan& plan = std::get<Plan>(made);

  const auto sockets = socket_folder(environment);
  if (!sockets) return fail(environment, ExitCode::CouldNot, sockets.error().message());
  const std::filesystem::path runs = runs_folder(environment);
  RunOptions run_options;
  run_options.run_id = environment.make_run_id(runs);
  run_options.run_dir = runs / run_options.run_id;
  run_options.socket_dir = *sockets / run_options.run_id;
  run_options.entry_host = options.host;
  run_options.logs = options.logs;
  run_options.environment = caller_variables(environment.variables);
  run_options.program = environment.program;
  return watch(plan, run_options.run_dir, options, environment,
               [&](RunObserver& view) { return environment.run(plan, run_options, view); });
}

}  // namespace dynamo
