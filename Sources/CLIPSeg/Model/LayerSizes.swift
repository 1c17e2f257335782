import Compute

/// The sizes that encoder and decoder layers have in common.
struct LayerSizes {
    let width: Int
    let heads: Int
    let intermediate: Int
    let activation: Activation
    let epsilon: Float
    /// The format of the operands of products with weights.
    let operand: Element
}
