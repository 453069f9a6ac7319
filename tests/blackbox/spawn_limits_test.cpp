// The host has no more descriptors, processes or memory when a replica is to be started: that is told, the restart
// policy tries again, and the others do not notice.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"
#include "tests/support/sanitized.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <set>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dynamo::test {

using testing::HasSubstr;

namespace {

/// A limit of another process, until the end of the scope.
class Limit {
 public:
  /// `user`: whose process it is; root may not touch it where it runs without all of its rights.
  Limit(pid_t pid, __rlimit_resource kind, rlim_t value, uid_t user = ::geteuid())
      : pid_(pid), kind_(kind), user_(user) {
    change(value);
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  /// Nobody here needs more than the highest that is allowed.
  ~Limit() { change(RLIM_INFINITY); }

  void change(rlim_t value) const {
    const pid_t helper = ::fork();
    if (helper == 0) {
      if (user_ != ::geteuid() && (::setgid(user_) != 0 || ::setuid(user_) != 0)) ::_exit(1);
      rlimit limit{};
      if (::prlimit(pid_, kind_, nullptr, &limit) != 0) ::_exit(2);
      limit.rlim_cur = std::min(value, limit.rlim_max);
      ::_exit(::prlimit(pid_, kind_, &limit, nullptr) == 0 ? 0 : 3);
    }
    int status = 0;
    ::waitpid(helper, &status, 0);
    // A process that has ended meanwhile has no limits.
    EXPECT_TRUE(status == 0 || !is_alive(pid_));
  }

 private:
  pid_t pid_;
  __rlimit_resource kind_;
  uid_t user_;
};

std::set<int> descriptors_of(pid_t pid) {
  std::set<int> found;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", gone)) {
    found.insert(std::stoi(entry.path().filename().string()));
  }
  return found;
}

/// The limit below which so many numbers are free.
rlim_t limit_that_leaves(int free, const std::set<int>& used) {
  int limit = 0;
  for (; used.contains(limit) || free > 0; ++limit) {
    if (!used.contains(limit)) --free;
  }
  return static_cast<rlim_t>(limit);
}

/// The supervisor's lowest descriptor of the pipe into which a replica writes.
int lowest_end_of_output(pid_t supervisor, pid_t worker) {
  const auto file_of = [](pid_t pid, int number) {
    std::error_code gone;
    const std::string path = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(number);
    return std::filesystem::read_symlink(path, gone);
  };
  const auto output = file_of(worker, STDOUT_FILENO);
  const std::set<int> all = descriptors_of(supervisor);
  const auto found = std::ranges::find_if(all, [&](int number) { return file_of(supervisor, number) == output; });
  return found == all.end() ? -1 : *found;
}

int lives(const RunDynamo& run, std::string_view worker) {
  int last = 0;
  for (const Event& event : run.events()) {
    if (event.worker == worker) last = std::max(last, event.incarnation);
  }
  return last;
}

const std::string obedient = "command: [obedient], endpoints: [serve], ready: {interval: 20ms}";
const std::string patient = ", restart: {max: 100000, backoff: 20ms, backoff_max: 20ms}";

}  // namespace

TEST(SpawnLimits, NoMoreDescriptorsIsTriedAgain) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"main", obedient + patient}, {"other", obedient}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  const std::set<int> before = descriptors_of(*supervisor);
  // Each further one that is allowed lets a start fail at a later step.
  int failed = 0;
  bool enough = false;
  for (int allowed = 0; !enough && allowed < 20; ++allowed) {
    Limit limit(*supervisor, RLIMIT_NOFILE, 3);
    const int life = lives(*run, "main/0");
    ::kill(*run->worker("main/0"), SIGKILL);
    ASSERT_TRUE(run->wait_for_event([&](const Event& event) {
      return event.incarnation > life && reaches("main/0", WorkerState::Backoff)(event);
    })) << run->story();

    limit.change(limit_that_leaves(allowed, descriptors_of(*supervisor)));
    const int seen = lives(*run, "main/0") + 1;  // one may have been on its way before the change
    const auto told = run->wait_for_event([&](const Event& event) {
      return event.worker == "main/0" &&
             (event.state == WorkerState::Ready || (event.state == WorkerState::Backoff && event.incarnation > seen)) &&
             event.incarnation > life;
    });
    ASSERT_TRUE(told) << run->story();
    enough = told->state == WorkerState::Ready;
    if (enough) break;
    ++failed;
    EXPECT_THAT(told->reason, HasSubstr("Too many open files")) << "allowed: " << allowed;
    limit.change(RLIM_INFINITY);
    ASSERT_TRUE(run->wait_for_event([&](const Event& event) {
      return event.incarnation > seen && reaches("main/0", WorkerState::Ready)(event);
    })) << run->story();
  }
  EXPECT_TRUE(enough) << run->story();
  EXPECT_GT(failed, 4);
  EXPECT_EQ(lives(*run, "other/0"), 1) << run->story();
  EXPECT_TRUE(eventually([&] { return descriptors_of(*supervisor).size() == before.size(); }))
      << descriptors_of(*supervisor).size() << " descriptors instead of " << before.size();
  EXPECT_TRUE(eventually([&] { return zombies_of(*supervisor).empty(); }));
  expect_clean_stop(*run);
}

/// Who belongs to a replica stands in /proc, and reading that takes descriptors, too.
TEST(SpawnLimits, NoMoreDescriptorsLetNothingOfADeadReplicaLive) {
  if (sanitized)
    GTEST_SKIP() << "the sanitizer itself looks at memory through pipes, and reports what it cannot look at";
  const TempDir folder;
  const std::string slow = "command: [daemonising], endpoints: [serve], restart: {max: 9, backoff: 1h}";
  const auto run = serve(folder, graph_of({{"main", slow}, {"other", obedient}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  const std::vector<pid_t> tree = processes_with("DYNAMO_INSTANCE=" + run->run_dir()->string() + "#main/0#", true);
  EXPECT_GT(tree.size(), 1U) << run->story();
  {
    // The numbers of what the replica had are free when it is dead: they are not allowed either.
    const int lowest = lowest_end_of_output(*supervisor, *run->worker("main/0"));
    ASSERT_GT(lowest, 0) << run->story();
    EXPECT_LE(static_cast<rlim_t>(lowest), limit_that_leaves(0, descriptors_of(*supervisor)));
    const Limit none(*supervisor, RLIMIT_NOFILE, static_cast<rlim_t>(lowest));
    ::kill(*run->worker("main/0"), SIGKILL);
    ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Backoff))) << run->story();
    for (const pid_t pid : tree) EXPECT_FALSE(is_alive(pid)) << run->story();
  }
  expect_clean_stop(*run);
}

TEST(SpawnLimits, NoMoreProcessesIsTriedAgain) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can run as a user who has no other process";
  const TempDir folder;
  const uid_t somebody = 62'000 + static_cast<uid_t>(::getpid() % 1000);
  const auto run = serve(folder, graph_of({{"main", obedient + patient}, {"other", obedient}}), {.before_exec = [&] {
                           for (const char* part : {"", "home", "x"}) {
                             if (::chown((folder.path() / part).c_str(), somebody, somebody) != 0) ::_exit(94);
                           }
                           if (::setgid(somebody) != 0 || ::setuid(somebody) != 0) ::_exit(94);
                         }});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  {
    const Limit limit(*supervisor, RLIMIT_NPROC, 1, somebody);
    ::kill(*run->worker("main/0"), SIGKILL);
    const auto told = run->wait_for_event(
        [&](const Event& event) { return event.incarnation == 2 && reaches("main/0", WorkerState::Backoff)(event); });
    ASSERT_TRUE(told) << run->story();
    EXPECT_THAT(told->reason, HasSubstr("Resource temporarily unavailable"));
  }
  ASSERT_TRUE(run->wait_for_event([&](const Event& event) {
    return event.incarnation > 2 && reaches("main/0", WorkerState::Ready)(event);
  })) << run->story();
  EXPECT_EQ(lives(*run, "other/0"), 1) << run->story();
  expect_clean_stop(*run);
}

TEST(SpawnLimits, NoMoreDescriptorsSayNothingAboutWhoIsProbed) {
  const TempDir folder;
  const std::string live = "live: {interval: 20ms, failures: 1, ";
  const auto run = serve(folder, graph_of({{"main", obedient + ", " + live + "http: /}"},
                                           {"tcp", obedient + ", " + live + "tcp: serve}"},
                                           {"exec", obedient + ", " + live + "exec: [\"true\"]}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  {
    const Limit limit(*supervisor, RLIMIT_NOFILE, 3);
    EXPECT_FALSE(run->wait_for_event([](const Event& event) { return event.state == WorkerState::Stopping; },
                                     std::chrono::milliseconds(500)))
        << run->story();
  }
  for (const char* worker : {"main/0", "tcp/0", "exec/0"}) EXPECT_EQ(lives(*run, worker), 1) << run->story();
  expect_clean_stop(*run);
}

TEST(SpawnLimits, NoMoreMemoryLeavesNothingBehind) {
  const TempDir folder;
  const auto run =
      serve(folder, graph_of({{"main", obedient + patient},
                              {"daemonising", "command: [daemonising], endpoints: [serve], stop: {grace: 300ms}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  const Limit limit(*supervisor, RLIMIT_AS, 1 << 20);  // less than it has
  // Each life needs a little: it either goes on with what it has, or ends.
  for (int round = 0; round < 5 && !run->has_ended(); ++round) {
    const int life = lives(*run, "main/0");
    ::kill(*run->worker("main/0"), SIGKILL);
    ASSERT_TRUE(eventually([&] { return run->has_ended() || lives(*run, "main/0") > life; })) << run->story();
  }
  run->send(SIGTERM);
  (void)run->wait();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

}  // namespace dynamo::test
