#include "cli/heard.h"

#include <algorithm>
#include <array>

#include "cli/json_text.h"

namespace dnswarm::cli {
namespace {

constexpr uint16_t aa_flag = 0x0400;

HeardRecord copy_of(const Record& record) {
  HeardRecord copy{record.section, {}, record.type, record.ttl, {}};
  record.append_owner_text(copy.owner);
  std::string data;
  record.append_data_text(data);
  RowBuffer printable;
  append_printable(printable, data);
  copy.data = printable.text();
  std::transform(copy.owner.begin(), copy.owner.end(), copy.owner.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return copy;
}

}  // namespace

std::unique_ptr<Asker> Asker::create(const Options& options, std::string* error) {
  std::unique_ptr<Asker> asker(new Asker);
  Options alone = options;
  alone.workers = 1;
  asker->resolver_ = Resolver::create(alone, *asker, error);
  return asker->resolver_ == nullptr ? nullptr : std::move(asker);
}

Asker::~Asker() = default;

size_t Asker::add(const std::string& name, RRType type) {
  questions_.emplace_back(name, type);
  heard_.emplace_back();
  return heard_.size() - 1;
}

void Asker::ask() {
  for (size_t i = 0; i < questions_.size(); ++i) {
    resolver_->submit(questions_[i].first, std::array{questions_[i].second}, i);
  }
  resolver_->flush();
}

const std::vector<Heard>& Asker::heard() {
  resolver_->finish();
  return heard_;
}

void Asker::on_response(unsigned, const Response& response) {
  Heard& heard = heard_[response.tag];
  heard.failure = response.failure;
  heard.rcode = response.rcode;
  heard.status = status_text(response);
  heard.error_code = response.error_code;
  heard.error_text = response.error_text;
  heard.authoritative = response.failure == Failure::none && (response.header_flags & aa_flag) != 0;
  heard.rtt = response.rtt;
  heard.attempts = response.attempts;
  heard.zone = response.authoritative.zone;
  for (const Record& record : response.records) heard.records.push_back(copy_of(record));
  heard.trace.assign(response.trace.begin(), response.trace.end());
}

}  // namespace dnswarm::cli
