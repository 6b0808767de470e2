"""Elements are written byte for byte as the carrier's library writes them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml import GenericNode, TwiML
from twilio.twiml.voice_response import VoiceResponse

from ivr.channels.twilio.prompts import clean_text
from ivr.channels.twilio.xml import element, response, text

CLEAN = st.text().map(clean_text)


ATTRIBUTES = st.dictionaries(
    st.sampled_from(["voice", "action", "timeout", "hints"]), CLEAN | st.integers() | st.booleans() | st.none()
)


@given(ATTRIBUTES, CLEAN, ATTRIBUTES, CLEAN)
def test_elements_are_written_as_the_carriers_library_writes_them(outer, before, inner, words):
    library = VoiceResponse()
    node = GenericNode("Gather", before, **outer)
    TwiML.append(node, GenericNode("Say", words, **inner))
    library.append(node)
    inside = text(before) + element("Say", inner, text(words))
    assert response(element("Gather", outer, inside)) == str(library).encode()


def test_an_attribute_that_is_none_is_left_out_and_the_others_are_sorted_and_escaped():
    written = element("Gather", {"timeout": 5, "action": 'a?x="1"&y=<2>', "hints": None, "bargeIn": False})
    assert written == '<Gather action="a?x=&quot;1&quot;&amp;y=&lt;2&gt;" bargeIn="false" timeout="5" />'


def test_what_stands_inside_is_kept_as_it_is_written():
    assert element("Say", {}, text("<a> & b")) == "<Say>&lt;a&gt; &amp; b</Say>"
    assert response("") == b'<?xml version="1.0" encoding="UTF-8"?><Response />'
