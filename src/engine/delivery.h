// What every engine does with a response before it hands it over.
#ifndef DNSWARM_ENGINE_DELIVERY_H_
#define DNSWARM_ENGINE_DELIVERY_H_

#include <string>
#include <string_view>

#include "dnswarm/resolver.h"
#include "engine/question.h"

namespace dnswarm {

// The INVALID_NAME response to a question that is none.
Response invalid_name_response(const Question& question);

// Whose response it is: the name that was asked (empty where the input was invalid), and the input, as
// Question has it. `text` is the room for the first, and must live as long as the response.
void set_names(Octets qname, std::string_view token, std::string& text, Response& response);

// finished, definitive, by_rcode or by_failure.
void count(const Response& response, Stats& stats);

}  // namespace dnswarm

#endif  // DNSWARM_ENGINE_DELIVERY_H_
