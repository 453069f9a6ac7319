#include "orchestrator/clients_file.h"

#include "orchestrator/file_descriptor.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <utility>

namespace dynamo {
namespace {

boost::json::string_view json_text(std::string_view text) { return {text.data(), text.size()}; }

bool serves(const ClientInstance& instance, const std::vector<WorkerState>& states) {
  return !instance.worker || states[*instance.worker] != WorkerState::Completed;
}

boost::json::object client_json(const PlannedClient& client, const std::vector<ClientInstance>& instances,
                                const std::vector<WorkerState>& states) {
  boost::json::object endpoints;
  for (const std::string& endpoint : client.endpoints) {
    boost::json::array urls;
    for (const std::string& url : endpoint_urls(instances, endpoint)) urls.emplace_back(json_text(url));
    endpoints.emplace(json_text(endpoint), std::move(urls));
  }
  boost::json::array list;
  for (const ClientInstance& instance : instances) {
    boost::json::object urls;
    for (const auto& [name, url] : instance.urls) urls.emplace(json_text(name), json_text(url));
    boost::json::object entry;
    entry.emplace("id", json_text(instance.id));
    entry.emplace("ready", !instance.worker || states[*instance.worker] == WorkerState::Ready);
    entry.emplace("endpoints", std::move(urls));
    list.emplace_back(std::move(entry));
  }
  boost::json::object result;
  result.emplace("type", json_text(client.type));
  result.emplace("arity", json_text(word(client.arity)));
  result.emplace("endpoints", std::move(endpoints));
  result.emplace("instances", std::move(list));
  return result;
}

}  // namespace

std::string clients_file_text(const Plan& plan, const std::vector<WorkerAddresses>& addresses,
                              const RunOptions& options, std::size_t worker, const std::vector<WorkerState>& states,
                              std::uint64_t revision) {
  const PlannedProcess& process = plan.processes[worker];
  boost::json::object clients;
  for (const PlannedClient& client : process.clients) {
    std::vector<ClientInstance> instances = client_instances(plan, addresses, client);
    std::erase_if(instances, [&](const ClientInstance& instance) { return !serves(instance, states); });
    clients.emplace(json_text(client.name), client_json(client, instances, states));
  }
  boost::json::object root;
  root.emplace("format_version", "1.0");
  root.emplace("run_id", json_text(options.run_id));
  root.emplace("graph", json_text(plan.graph));
  root.emplace("namespace", json_text(plan.name_space));
  root.emplace("slot", json_text(process.slot));
  root.emplace("replica", process.replica);
  root.emplace("revision", revision);
  root.emplace("clients", std::move(clients));
  return boost::json::serialize(root) + "\n";
}

std::filesystem::path clients_file_path(const std::filesystem::path& folder, const PlannedProcess& process) {
  return folder / fmt::format("{}-{}.json", process.slot, process.replica);
}

ClientsFiles::ClientsFiles(const Plan& plan, const std::vector<WorkerAddresses>& addresses, const RunOptions& options,
                           std::filesystem::path folder)
    : plan_(plan),
      addresses_(addresses),
      options_(options),
      folder_(std::move(folder)),
      written_(plan.processes.size()) {}

std::vector<std::uint64_t> ClientsFiles::revisions() const {
  std::vector<std::uint64_t> result;
  for (const Written& one : written_) result.push_back(one.revision);
  return result;
}

void ClientsFiles::resume(const std::vector<std::uint64_t>& revisions) {
  for (std::size_t index = 0; index < std::min(revisions.size(), written_.size()); ++index) {
    written_[index].revision = revisions[index];
  }
}

Result<void> ClientsFiles::update(const std::vector<WorkerState>& states) {
  Result<void> result;
  for (std::size_t worker = 0; worker < written_.size(); ++worker) {
    if (Result<void> written = write(worker, states); !written && result) result = written;
  }
  return result;
}

Result<void> ClientsFiles::update(const std::vector<WorkerState>& states, const std::set<std::string>& slots) {
  Result<void> result;
  const auto reaches_them = [&](const PlannedClient& client) {
    return std::ranges::any_of(client.slots, [&](const std::string& slot) { return slots.contains(slot); });
  };
  for (std::size_t worker = 0; worker < written_.size(); ++worker) {
    if (std::ranges::none_of(plan_.processes[worker].clients, reaches_them)) continue;
    if (Result<void> written = write(worker, states); !written && result) result = written;
  }
  return result;
}

Result<void> ClientsFiles::write(std::size_t worker, const std::vector<WorkerState>& states) {
  Written& written = written_[worker];
  const std::size_t content =
      std::hash<std::string>{}(clients_file_text(plan_, addresses_, options_, worker, states, 0));
  if (content == written.content) return {};
  const std::string text = clients_file_text(plan_, addresses_, options_, worker, states, written.revision + 1);
  const std::filesystem::path path = clients_file_path(folder_, plan_.processes[worker]);
  // Nobody reads the first one while it is being written, because its replica has not been started.
  Result<void> replaced = written.revision == 0 ? write_file(path, text) : replace_file(path, text);
  if (replaced) {
    written.content = content;
    ++written.revision;
  }
  return replaced;
}

Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return errno_failure(fmt::format("write `{}`", path.string()));
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t done = ::write(file.get(), rest.data(), rest.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno_failure(fmt::format("write `{}`", path.string()));
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> replace_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::path beside = path;
  beside += ".new";
  if (Result<void> written = write_file(beside, text); !written) return written;
  if (std::rename(beside.c_str(), path.c_str()) != 0) return errno_failure(fmt::format("write `{}`", path.string()));
  return {};
}

}  // namespace dynamo
