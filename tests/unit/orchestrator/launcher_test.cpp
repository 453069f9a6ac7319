#include "orchestrator/launcher.h"

#include "orchestrator/control_groups.h"
#include "orchestrator/processors.h"

#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace dynamo {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Launcher : public test::KernelTest {
 protected:
  ProcessSpec reporter() {
    ProcessSpec spec = shell("");
    spec.program = DYNAMO_TEST_REPORT;
    spec.arguments = {"a name of its own", folder_.file("report")};
    return spec;
  }
  std::string report_of(const ProcessSpec& spec) {
    auto process = start(spec);
    EXPECT_TRUE(run(process->wait()).success());
    run(process->kill_tree());
    return test::contents(folder_.file("report"));
  }
  void write_script(const char* name, std::string_view text, unsigned mode = 0755) {
    std::ofstream(folder_.file(name)) << text;
    ::chmod(folder_.file(name).c_str(), mode);
  }
};

TEST_F(Launcher, StartsASessionOfItsOwnThatDiesWithItsParent) {
  const std::string report = report_of(reporter());
  EXPECT_THAT(report, HasSubstr("leader 11\n"));
  EXPECT_THAT(report, HasSubstr("death 9\n"));
  EXPECT_THAT(report, HasSubstr("argv0 a name of its own\n"));
}

TEST_F(Launcher, GivesDefaultSignalsWhateverTheParentHas) {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigaddset(&blocked, SIGRTMIN + 1);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  for (const int number : {SIGPIPE, SIGHUP, SIGXFSZ, SIGTTOU, SIGRTMIN + 2}) ::signal(number, SIG_IGN);
  const std::string report = report_of(reporter());
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  for (const int number : {SIGPIPE, SIGHUP, SIGXFSZ, SIGTTOU, SIGRTMIN + 2}) ::signal(number, SIG_DFL);
  std::vector<const char*> masks = {"SigPnd", "SigBlk", "SigIgn"};
#ifndef __SANITIZE_ADDRESS__  // whose runtime catches some in the program that reports
  masks.push_back("SigCgt");
#endif
  for (const char* mask : masks) {
    EXPECT_THAT(report, HasSubstr(std::string(mask) + ":\t0000000000000000\n"));
  }
}

TEST_F(Launcher, PassesOnlyTheDescriptorsOfThePlan) {
  const FileDescriptor leaking(::open("/etc/passwd", O_RDONLY));
  const FileDescriptor far_away(::fcntl(leaking.get(), F_DUPFD, 200));
  const std::string report = report_of(reporter());
  EXPECT_THAT(report, HasSubstr("fd 0 /dev/null"));
  EXPECT_THAT(report, HasSubstr("fd 1 /dev/null"));
  EXPECT_THAT(report, HasSubstr("fd 2 /dev/null"));
  EXPECT_THAT(report, Not(HasSubstr("fd 3")));
  EXPECT_THAT(report, Not(HasSubstr("passwd")));
}

TEST_F(Launcher, SwapsDescriptorsAndClosesTheGapsBetween) {
  const FileDescriptor leaking(::open("/etc/passwd", O_RDONLY));
  FileDescriptor first(::open(folder_.file("first").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  FileDescriptor second(::open(folder_.file("second").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ProcessSpec spec = reporter();
  spec.descriptors = {{first.get(), second.get()}, {second.get(), first.get()}, {first.get(), 40}};
  const std::string report = report_of(spec);
  EXPECT_THAT(report, HasSubstr("fd " + std::to_string(second.get()) + " " + folder_.file("first")));
  EXPECT_THAT(report, HasSubstr("fd " + std::to_string(first.get()) + " " + folder_.file("second")));
  EXPECT_THAT(report, HasSubstr("fd 40 " + folder_.file("first")));
  EXPECT_THAT(report, Not(HasSubstr("passwd")));
}

TEST_F(Launcher, SpeaksTheSocketActivationProtocol) {
  const FileDescriptor chat(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const FileDescriptor admin(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ProcessSpec spec = reporter();
  spec.environment.emplace_back("LISTEN_FDS=7");
  spec.descriptors = {{chat.get(), 3}, {admin.get(), 4}};
  spec.listen_names = {"chat", "admin"};
  const std::string report = report_of(spec);
  EXPECT_THAT(report, HasSubstr("LISTEN_FDS 2\n"));
  EXPECT_THAT(report, HasSubstr("LISTEN_FDNAMES chat:admin\n"));
  EXPECT_THAT(report, HasSubstr("LISTEN_PID own\n"));
  EXPECT_THAT(report, HasSubstr("fd 3 socket:"));
  EXPECT_THAT(report, HasSubstr("fd 4 socket:"));
}

TEST_F(Launcher, MarksTheTree) {
  ProcessSpec spec = reporter();
  spec.environment.emplace_back("DYNAMO_INSTANCE=of an outer run");
  spec.mark = make_mark("/runs/7f3a", "backend/0", 3);
  EXPECT_THAT(report_of(spec), HasSubstr("DYNAMO_INSTANCE /runs/7f3a#backend/0#3\n"));
}

TEST_F(Launcher, TellsAMissingProgram) {
  ProcessSpec spec = shell("");
  spec.program = "/nowhere/python4";
  const LaunchResult result = launcher_.launch(spec);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().stage, LaunchStage::Execute);
  EXPECT_EQ(result.error().words(), "cannot execute `/nowhere/python4`: No such file or directory");
  EXPECT_EQ(result.error().exit_status().kind, EndKind::NotStarted);
  EXPECT_EQ(result.error().exit_status().code, ENOENT);
  EXPECT_THAT(children_of(::getpid()), ::testing::IsEmpty()) << "a zombie is left";
}

TEST_F(Launcher, TellsAMissingInterpreterFromAMissingProgram) {
  write_script("run.sh", "#! /nowhere/sh -e\ntrue\n");
  ProcessSpec spec = shell("");
  spec.program = folder_.file("run.sh");
  const LaunchResult result = launcher_.launch(spec);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().words(),
            "cannot execute `" + spec.program + "`: its interpreter `/nowhere/sh`: No such file or directory");
}

TEST_F(Launcher, TellsAScriptWithoutAFirstLine) {
  write_script("run", "true\n");
  ProcessSpec spec = shell("");
  spec.program = folder_.file("run");
  const LaunchResult result = launcher_.launch(spec);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().words(), HasSubstr("neither a known format nor a first line"));
}

TEST_F(Launcher, TellsAFolderThatIsNotThere) {
  ProcessSpec spec = shell("");
  spec.cwd = "/nowhere";
  const LaunchResult result = launcher_.launch(spec);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().stage, LaunchStage::Directory);
  EXPECT_EQ(result.error().words(), "cannot enter folder `/nowhere`: No such file or directory");
}

TEST_F(Launcher, LeavesNeitherZombiesNorDescriptorsBehindFailures) {
  ProcessSpec missing = shell("");
  missing.program = "/nowhere/program";
  const auto count_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  const auto before = count_descriptors();
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(launcher_.launch(missing));
  EXPECT_EQ(count_descriptors(), before);
  EXPECT_THAT(children_of(::getpid()), ::testing::IsEmpty());
}

TEST_F(Launcher, LeavesNothingBehindASuccess) {
  const auto count_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  context_.poll();
  const auto before = count_descriptors();
  for (int i = 0; i < 50; ++i) {
    auto process = start(shell("exit 3"));
    EXPECT_EQ(run(process->wait()).code, 3);
    run(process->kill_tree());
  }
  context_.poll();
  EXPECT_EQ(count_descriptors(), before);
  EXPECT_THAT(children_of(::getpid()), ::testing::IsEmpty());
}

TEST_F(Launcher, FindsProgramsAsAShellDoes) {
  write_script("tool", "#!/bin/sh\n");
  write_script("data", "not executable", 0644);
  std::filesystem::create_directory(folder_.path() / "sh");
  const std::string folder = folder_.path();
  EXPECT_EQ(find_program("/any/thing", "", folder), "/any/thing");
  EXPECT_EQ(find_program("./tool", "/bin", folder), folder + "/./tool");
  EXPECT_EQ(find_program("tool", "/nowhere:" + folder + ":/bin", "/"), folder + "/tool");
  EXPECT_EQ(find_program("tool", "/bin:", folder), folder + "/tool");
  EXPECT_EQ(find_program("sh", folder + ":/bin", "/"), "/bin/sh") << "a folder is no program";
  EXPECT_EQ(find_program("data", folder, "/"), folder + "/data") << "so that the reason can be told";
  EXPECT_EQ(find_program("nowhere-to-be-found", "/bin:/usr/bin", "/"), std::nullopt);
  EXPECT_EQ(find_program("", "/bin", "/"), std::nullopt);
}

TEST(VariableOf, TakesTheLastOne) {
  const std::vector<std::string> environment{"PATH=/a", "PATHS=/b", "PATH=/c"};
  EXPECT_EQ(variable_of(environment, "PATH"), "/c");
  EXPECT_EQ(variable_of(environment, "PAT"), "");
}

TEST_F(Launcher, GivesAPlaceBehindOthersToWhomItIsTold) {
  ProcessSpec spec = shell("nice > " + folder_.file("nice") + "; cat /proc/self/oom_score_adj > " +
                           folder_.file("oom") + "; ulimit -Sn > " + folder_.file("files"));
  spec.nice = 5;
  spec.oom_score_adj = 300;
  launcher_.set_file_limit_of_children(100);
  auto process = start(spec);
  EXPECT_TRUE(run(process->wait()).success());
  run(process->kill_tree());
  EXPECT_EQ(test::contents(folder_.file("nice")), std::to_string(::getpriority(PRIO_PROCESS, 0) + 5) + "\n");
  EXPECT_EQ(test::contents(folder_.file("oom")), "300\n");
  EXPECT_EQ(test::contents(folder_.file("files")), "100\n");
}

TEST_F(Launcher, KeepsAProcessOnItsProcessors) {
  const std::vector<int> allowed = allowed_processors();
  ProcessSpec spec = shell("grep Cpus_allowed_list /proc/self/status > " + folder_.file("processors"));
  spec.processors = {allowed.back()};
  auto process = start(spec);
  EXPECT_TRUE(run(process->wait()).success());
  run(process->kill_tree());
  EXPECT_EQ(test::contents(folder_.file("processors")), "Cpus_allowed_list:\t" + std::to_string(allowed.back()) + "\n");
}

TEST_F(Launcher, PutsAProcessIntoItsControlGroup) {
  const std::filesystem::path own = own_control_group();
  const std::filesystem::path group = own / ("dynamo-test-" + std::to_string(::getpid()));
  if (own.empty() || ::mkdir(group.c_str(), 0755) != 0) GTEST_SKIP() << "no control group can be made here";
  {
    const FileDescriptor door(::open((group / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    ProcessSpec spec = shell("grep ^0:: /proc/self/cgroup > " + folder_.file("group"));
    spec.control_group = door.get();
    auto process = start(spec);
    EXPECT_TRUE(run(process->wait()).success());
    run(process->kill_tree());
  }
  EXPECT_THAT(test::contents(folder_.file("group")), HasSubstr(group.filename().string()));
  EXPECT_EQ(::rmdir(group.c_str()), 0);
}

#ifdef __SANITIZE_THREAD__
TEST_F(Launcher, DoesNotBlindThreadSanitizer) {
  const auto race_after_a_start = [this] {
    const auto process = start(shell("true"));
    volatile int value = 0;
    std::thread other([&value] { value = 1; });
    value = 2;
    other.join();
    ::_exit(0);
  };
  EXPECT_EXIT(race_after_a_start(), ::testing::ExitedWithCode(66), "") << "the status of a program with reports";
}
#endif

}  // namespace
}  // namespace dynamo
