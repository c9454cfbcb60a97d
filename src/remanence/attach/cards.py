"""A card for every published system of this room: its paper, what differs here, and the test that proves it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """`maker` is the Python name under `remanence`; `proof` the test that fails with the mechanism switched off.

    `faithful`: `faithful`, `mechanism` (it runs, the paper's score is not reproduced) or `kernel` (the idea alone).
    """

    name: str
    ledger: str
    paper: str
    maker: str
    faithful: str
    differs: str
    proof: str


CARDS = (
    Card("hierarchical memories", "S001", "Pretraining with hierarchical memories", "attach.hierarchical.Hierarchy",
         "mechanism", "two levels on a frozen tiny model, in place of four beside a model trained with them",
         "test_hierarchical::test_masking_the_right_leaf_drops_its_facts_and_no_others"),
    Card("Locas", "S011",
         "Locas: principled initialisers of locally-supported parametric memories", "attach.locas.SideFFN",
         "mechanism", "starts from the most awake neurons; the low-rank variant is absent",
         "test_locas::test_forty_new_facts_are_recalled_after_at_most_fifty_steps"),
    Card("Engram", "S038", "Conditional memory via scalable lookup", "attach.engram.Engram",
         "mechanism", "no short convolution; one gate a token; tables of a size for tiny models",
         "test_engram::test_two_heads_tell_twenty_thousand_bigrams_apart_and_one_does_not"),
    Card("Memory Decoder", "S046",
         "Memory Decoder: a pretrained, plug-and-play memory", "attach.imitators.MemoryDecoder",
         "mechanism", "exact neighbours in place of an approximate index",
         "test_knn::test_a_memory_decoder_imitates_the_store_better_than_the_texts_alone_do"),
    Card("MLP Memory", "S050", "MLP Memory: a retriever-pretrained external memory", "attach.imitators.MLPMemory",
         "mechanism", "two layers on a tiny model's state",
         "test_knn::test_a_blend_of_four_tenths_beats_none_and_all_and_later_facts_are_not_recalled"),
    Card("MemGen", "S096", "MemGen: weaving generative latent memory", "attach.weave.Weave",
         "mechanism", "trigger and weaver are given, not trained; latents go in before the last tokens",
         "test_weave::test_a_fact_woven_in_at_a_question_is_answered_and_masked_it_is_not"),
    Card("UltraMemV2", "S144",
         "UltraMemV2: memory networks scaling to 120B parameters", "attach.product_keys.ProductKeys",
         "mechanism", "keys stay as drawn; no Tucker core",
         "test_product_keys::test_a_write_touches_at_most_heads_times_k_slots"),
    Card("WISE", "S164", "WISE: rethinking the knowledge memory for lifelong editing", "attach.wise.Wise",
         "mechanism", "Adam in place of SGD; margins of a tiny model",
         "test_wise::test_edited_prompts_say_the_target_and_others_are_bit_identical"),
    Card("MBC", "S032", "Memory bank compression for continual adaptation", "attach.codebook.Codebook",
         "mechanism", "the codebook stands behind a latent bank; no amortised encoder",
         "test_banks::test_resetting_dead_codes_doubles_their_use_and_cuts_the_error_tenfold"),
    Card("MemoryFormer", "S059", "MemoryFormer: minimise transformer computation", "attach.lookup.LookupLinear",
         "mechanism", "the exact form of the weight is ours",
         "test_lookup::test_one_step_changes_exactly_the_rows_that_were_read"),
    Card("CoMEM", "S061", "Auto-scaling continuous memory for GUI agents", "attach.trajectories.Trajectories",
         "kernel", "means of states in place of a trained Q-Former; text in place of screens",
         "test_banks::test_failed_too_short_and_too_long_runs_never_enter"),
    Card("CMT", "S070",
         "CMT: a memory compression method for continual knowledge learning", "attach.latents.LatentBank",
         "mechanism", "latents by gradient descent in place of a trained encoder; hard top-k in place of attention",
         "test_banks::test_documents_become_latents_that_answer_and_the_model_stays"),
    Card("selective synaptic dampening", "S075",
         "Fast machine unlearning without retraining", "attach.dampening.dampen",
         "faithful", "importance by example in place of by batch, so that the bound is exact",
         "test_dampening::test_above_the_ratio_of_all_to_forgotten_nothing_is_selected"),
    Card("HY-WU", "S083", "HY-WU: an extensible functional neural memory framework", "attach.hyper.HyperWrite",
         "kernel", "a two-layer network that writes one row, in place of LoRA of all layers",
         "test_hyper::test_held_out_facts_are_recalled_at_half_the_optimised_rate_or_better"),
    Card("PH3", "S150", "Cutting off the head ends the conflict", "attach.heads.leanings",
         "mechanism", "ablation in place of path patching",
         "test_heads::test_the_answer_to_a_conflict_moves_with_the_heads_that_push_it"),
    Card("retrieval heads", "S162",
         "Retrieval head mechanistically explains long-context factuality", "attach.heads.copy_scores",
         "faithful", "teacher-forced answers in place of free decoding",
         "test_heads::test_silencing_copying_heads_destroys_recall_and_others_do_not"),
    Card("dual process learning", "S165",
         "Controlling use of in-context vs. in-weights strategies", "attach.dual.train",
         "mechanism", "a toy of word classes",
         "test_dual::test_temporary_forgetting_gives_both_and_its_length_is_a_dial"),
    Card("mixing mechanisms", "S166", "How language models retrieve bound entities in-context", "attach.binding.fit",
         "kernel", "one width of the positional term, in place of one that grows to the middle",
         "test_binding::test_the_three_mechanisms_predict_interchanged_answers_better_than_position"),
    Card("MemOS (MAG)", "S055",
         "MemOS: an operating system for memory-augmented generation", "attach.promote.promote",
         "mechanism", "safetensors in place of pickle; parametric memory exists; one block a set of items",
         "test_promote::test_a_source_that_moved_on_makes_its_block_stale_and_erases_its_bytes"),
    Card("TRIM-KV", "S058",
         "Cache what lasts: token retention for memory-bounded KV cache", "attach.retention.Retention",
         "mechanism", "a linear gate; trained on the tiny model alone",
         "test_retention::test_learned_gates_keep_facts_that_a_window_loses"),
    Card("LongMem", "S062", "Augmenting language models with long-term memory", "attach.bank.Bank",
         "mechanism", "the gate stands in the frozen model's own layer, in place of a trained side network",
         "test_bank::test_a_fact_that_left_the_context_is_answered_from_the_bank"),
    Card("vAttention", "S153", "Dynamic memory management for serving without PagedAttention", "attach.pages.Pages",
         "kernel", "pages in one mapped file, gathered into a private copy",
         "test_pages_in_attach::test_a_common_prefix_of_l_tokens_shares_its_whole_pages"),
    Card("kNN-LM", "", "Generalization through memorization", "attach.knn.Datastore",
         "faithful", "exact search", "test_knn::test_facts_are_recalled_from_the_store_and_a_gate_keeps_old_ones"),
    Card("ROME, MEMIT", "",
         "Locating and editing factual associations; mass-editing memory", "attach.rome.ClosedForm",
         "faithful", "one layer; kept beside the matrix; solved in float64",
         "test_edits::test_forgetting_by_the_ledger_is_as_if_never_written"),
    Card("localist recruitment", "S018", "Localist LLMs with recruitment learning", "algo.recruit.recruit",
         "kernel", "clusters of vectors in place of blocks of a model; BIC constants",
         "test_recruit::test_noise_recruits_none_and_without_the_price_of_a_name_it_would"),
    Card("FlexAC", "S163", "Towards flexible control of associative reasoning", "algo.dial.associate",
         "kernel", "steers recall in place of hidden states",
         "test_dial::test_the_mean_distance_of_hits_rises_with_the_dial"),
    Card("MP-SAE", "S168",
         "From flat to hierarchical: sparse representations with matching pursuit", "algo.pursuit.pursue",
         "mechanism", "K-SVD in place of training through the unrolled loop",
         "test_pursuit::test_the_parent_is_taken_before_the_child"),
)  # fmt: skip
