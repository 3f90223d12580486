#include "engine/delivery.h"

#include <algorithm>
#include <iterator>

#include "dns/name.h"

namespace dnswarm {

Response invalid_name_response(const Question& question) {
  Response response;
  response.type = question.type;
  response.failure = Failure::invalid_name;
  response.error_code = question.error_code;
  response.error_text = question.error_text;
  return response;
}

void set_names(Octets qname, std::string_view token, std::string& text, Response& response) {
  text.clear();
  if (!qname.empty()) (token.empty() ? append_plain_name_text : append_name_text)(qname, text);
  response.qname = text;
  response.name = token.empty() ? std::string_view(text) : token;
}

void count(const Response& response, Stats& stats) {
  ++stats.finished;
  if (response.failure == Failure::none) {
    ++stats.by_rcode[std::min(static_cast<size_t>(response.rcode), std::size(stats.by_rcode) - 1)];
  } else {
    ++stats.by_failure[static_cast<size_t>(response.failure)];
  }
  if (response.definitive()) ++stats.definitive;
}

}  // namespace dnswarm
